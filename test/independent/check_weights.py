"""Gives the files of weights/ to the tools that they are for, and compares what each tool makes of them.

Uses no code of Ballast. What is expected comes from plan-strata.csv and mix.json alone. Of each tool its own
reader is called; where it can draw a mix without a GPU, it draws one, and the shares drawn are printed beside
the planned ones. A tool that is not installed is skipped and named.

    python test/independent/check_weights.py <workspace>/mixes/<name>/<version> [--only TOOL]

The tools do not fit into one environment. Each of these was run with Python 3.11, one venv per line:

    pip install ai2-olmo-core==3.0.0 megatron-core==0.16.1      (brings pandas 3.1.1 and torch)
    pip install mosaicml-streaming==0.13.0 pyyaml
    pip install dolma==1.2.1 boto3==1.28.17      (without that pin pip searches for an hour)
    pip install levanter==1.2.dev1644 GitPython chex  (it needs the latter two; 1.1 has other classes)
"""

import csv
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections import defaultdict
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", JAX_PLATFORMS="cpu", WANDB_MODE="disabled")
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

KINDS = ["written", "by-source", "by-stratum"]
breaches = []


def judge(kept, sentence):
    """Prints one finding; remembers it where it is a breach."""
    print(f"  {'kept  ' if kept else 'BREACH'} {sentence}")
    if not kept:
        breaches.append(sentence)


class Plan:
    """What the mix is, from the table of strata."""

    def __init__(self, folder):
        self.folder = folder
        self.weights = folder / "weights"
        self.manifest = json.loads((folder / "mix.json").read_text())
        with open(self.weights / "plan-strata.csv", encoding="utf-8-sig", newline="") as file:
            self.strata = list(csv.DictReader(file))

    def entries(self, kind):
        """Written and available tokens of each entry of a blend, by name."""
        if kind == "written":
            tokens = sum(int(row["tokens_written"]) for row in self.strata)
            return {self.manifest["name"]: (tokens, tokens)}
        found = defaultdict(lambda: [0, 0])
        for row in self.strata:
            name = row[f"entry_{kind.replace('-', '_')}"]
            # A stratum that nothing is taken of still lies in the folder of its source and domain.
            if name:
                found[name][0] += int(row["tokens_written"])
                found[name][1] += int(row["tokens_available"])
        return {name: tuple(tokens) for name, tokens in found.items()}

    def kinds(self):
        return [kind for kind in KINDS if (self.weights / kind).is_dir()]

    def file(self, kind, name):
        return self.weights / kind / name


def compare(what, kind, wanted, drawn, tolerance, unit):
    """Tokens or samples drawn against those planned; `tolerance` in units per entry."""
    total, reached = sum(wanted.values()), sum(drawn.values())
    worst = max(wanted, key=lambda name: abs(drawn.get(name, 0) - wanted[name]))
    off = abs(drawn.get(worst, 0) - wanted[worst])
    shares = max(abs(drawn.get(name, 0) / reached - wanted[name] / total) for name in wanted)
    judge(set(drawn) == set(wanted) and off <= tolerance,
          f"{kind}: {what} draws {reached:,} {unit} of {total:,.0f} planned from {len(drawn)} entries; furthest off {worst} "
          f"by {off:,.3g} (at most {tolerance:,.3g} allowed), shares by at most {shares:.2e}")


def exact_sum(texts):
    return sum((Fraction(text) for text in texts), Fraction(0))


def check_csv(plan):
    import pandas

    written = plan.manifest["tokensWritten"]
    strata = pandas.read_csv(plan.weights / "plan-strata.csv")
    judge(int(strata.tokens_written.sum()) == written and list(strata.columns)[0] == "source",
          f"plan-strata.csv: pandas reads {len(strata)} rows, {written:,} tokens")
    domains = pandas.read_csv(plan.weights / "plan-domains.csv")
    labels = domains.filter(like="tokens_").drop(columns="tokens_available").sum(axis=1)
    judge(int(domains.tokens.sum()) == written and (labels == domains.tokens).all() and abs(domains.share.sum() - 1) < 1e-9,
          f"plan-domains.csv: {len(domains)} rows, labels of each sum to its tokens, shares to 1")
    caps = pandas.read_csv(plan.weights / "plan-caps.csv")
    found = {(row.cap_id, row.scope, row.kind): row.part_tokens for row in caps.itertuples()}
    wanted = {(cap["capId"], cap["scope"], cap["kind"]): cap["part"] for cap in plan.manifest["caps"]}
    judge(found == wanted and (caps.kept == "yes").all(), f"plan-caps.csv: {len(caps)} rows, as in mix.json")


def check_olmo_core(plan):
    import numpy as np
    from olmo_core.data.source_mixture import SourceMixtureDatasetConfig, SourceMixtureList

    for kind in plan.kinds():
        path, entries = plan.file(kind, "olmo-core-source-mixture.yaml"), plan.entries(kind)
        mixture = SourceMixtureList.from_yaml(path)
        mixture.validate()
        for source in mixture.sources:
            source.validate()
        texts = re.findall(r"target_ratio: (\S+)", path.read_text())
        judge([source.source_name for source in mixture.sources] == list(entries) and exact_sum(texts) == 1,
              f"{kind}: SourceMixtureList takes {len(texts)} sources, target_ratio sums to exactly 1")
        with tempfile.TemporaryDirectory() as folder:
            # Token files of the right sizes; OLMo-core counts tokens by size. Sparse, so they cost nothing.
            for source in mixture.sources:
                place = Path(folder) / source.source_name
                place.mkdir()
                with open(place / "part-0.npy", "wb") as file:
                    file.truncate(2 * entries[source.source_name][1])
                source.paths = [f"{place}/*.npy"]
            total, length = sum(tokens for tokens, _ in entries.values()), 1
            built = SourceMixtureDatasetConfig(
                source_list=mixture, requested_tokens=total, global_batch_size=length,
                render_tables=False, quiet=True,
            ).build(npdtype=np.uint16, sequence_length=length)
        drawn = {outcome.name: sum(path.tokens for path in outcome.path_tokens) for outcome in built.sources}
        wanted = {name: tokens for name, (tokens, _) in entries.items()}
        # Its float arithmetic rounds up per path and pass.
        compare("source_mixture", kind, wanted, drawn, 1 + max(len(o.path_tokens) for o in built.sources), "tokens")


def check_megatron(plan):
    import numpy
    from megatron.core.datasets import helpers
    from megatron.core.datasets.blended_megatron_dataset_config import BlendedMegatronDatasetConfig
    from megatron.core.datasets.utils import get_blend_from_list, normalize

    for kind in plan.kinds():
        entries = plan.entries(kind)
        text = plan.file(kind, "megatron-blend.txt").read_text()
        prefixes, weights = get_blend_from_list(text.split())
        names = [prefix.split("/")[-2] for prefix in prefixes]
        judge(names == list(entries) and exact_sum(text.split()[::2]) == 1,
              f"{kind}: get_blend_from_list takes {len(names)} prefixes, weights sum to exactly 1")
        BlendedMegatronDatasetConfig(random_seed=1, sequence_length=8, blend=(prefixes, weights), split="1,0,0")
        splits = json.loads(plan.file(kind, "megatron-blend.json").read_text())
        blends = [get_blend_from_list(splits[split]) for split in ["train", "valid", "test"]]
        BlendedMegatronDatasetConfig(random_seed=1, sequence_length=8, blend_per_split=blends)
        held = plan.manifest["holdout"]["documents"] > 0 and kind == "written"
        judge(blends[0] == (prefixes, weights) and (blends[1] is not None) == held and blends[2] is None,
              f"{kind}: per-split blend has the same train split, {'a' if held else 'no'} valid split")
        size = 1_000_000
        chosen, index = numpy.zeros(size, dtype=numpy.int16), numpy.zeros(size, dtype=numpy.int64)
        helpers.build_blending_indices(chosen, index, normalize(weights), len(names), size, False)
        counts = numpy.bincount(chosen, minlength=len(names))
        total = sum(tokens for tokens, _ in entries.values())
        wanted = {name: size * tokens / total for name, (tokens, _) in entries.items()}
        # It corrects the largest error at each step, so none grows past the number of entries.
        compare("BlendedDataset", kind, wanted, {n: int(c) for n, c in zip(names, counts)}, max(1, len(names) - 1), "samples")


def check_megatron_reader(plan):
    """The written mix as Megatron trains on it: token files, GPTDataset, the blend."""
    import torch
    from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
    from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig
    from megatron.core.datasets.indexed_dataset import IndexedDatasetBuilder
    from megatron.core.datasets.utils import get_blend_from_list
    from numpy import int32

    class Tokens:
        eod, pad, vocab_size, unique_identifiers = 0, 1, 1 << 30, {"class": "Tokens"}

    kind = "by-source"
    entries = plan.entries(kind)
    with tempfile.TemporaryDirectory() as folder:
        torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/group", rank=0, world_size=1)
        words = plan.file(kind, "megatron-blend.txt").read_text().replace("parts/", f"{folder}/").split()
        for number, prefix in enumerate(words[1::2]):
            Path(prefix).parent.mkdir(parents=True)
            builder = IndexedDatasetBuilder(f"{prefix}.bin", dtype=int32)
            for _ in range(50):
                builder.add_document(torch.full((64,), number + 2, dtype=torch.int32), [64])
            builder.finalize(f"{prefix}.idx")
        config = GPTDatasetConfig(
            random_seed=1, sequence_length=32, blend=get_blend_from_list(words), split="1,0,0", tokenizer=Tokens(),
            reset_position_ids=False, reset_attention_mask=False, eod_mask_loss=False, path_to_cache=f"{folder}/cache",
            mid_level_dataset_surplus=0.1,
        )
        size = 2_000
        train, _, _ = BlendedMegatronDatasetBuilder(GPTDataset, [size, 0, 0], lambda: True, config).build()
        drawn = defaultdict(int)
        for i in range(size):
            drawn[list(entries)[int(train[i]["tokens"][0]) - 2]] += 1
        torch.distributed.destroy_process_group()
    total = sum(tokens for tokens, _ in entries.values())
    wanted = {name: size * tokens / total for name, (tokens, _) in entries.items()}
    compare("GPTDataset on token files", kind, wanted, {**{n: 0 for n in wanted}, **drawn}, max(1, len(wanted) - 1), "samples")


def check_levanter(plan):
    import draccus
    import yaml
    from levanter.data.dataset import ListAsyncDataset
    from levanter.data.mixture import MixtureDataset
    from levanter.data.text import LMMixtureDatasetConfig, UrlDatasetSourceConfig

    for kind in plan.kinds():
        text = plan.file(kind, "levanter-train-weights.yaml").read_text()
        config = draccus.decode(LMMixtureDatasetConfig, yaml.safe_load(text)["data"])
        entries = plan.entries(kind)
        texts = re.findall(r": (\d\.\d+)$", text, re.M)
        judge(list(config.train_weights) == list(entries) and exact_sum(texts) == 1
              and all(isinstance(source, UrlDatasetSourceConfig) for source in config.configs.values()),
              f"{kind}: LMMixtureDatasetConfig takes {len(texts)} sources, train_weights sum to exactly 1")
        datasets = {name: ListAsyncDataset([name] * 4, is_complete=True) for name in config.configs}
        mixture = MixtureDataset(datasets, config.train_weights, config.mixture_block_size, key=0)
        counts = mixture._counts_per_block_per_stage[0]
        names = list(mixture.dataset_index)
        total = sum(tokens for tokens, _ in entries.values())
        block = config.mixture_block_size
        wanted = {name: block * tokens / total for name, (tokens, _) in entries.items()}
        drawn = {name: int(count) for name, count in zip(names, counts)}
        lost = [name for name, count in drawn.items() if count == 0]
        said = re.search(r"Too small for the largest block, so never drawn: (\d+) of", text)
        judge(len(lost) == (int(said[1]) if said else 0), f"{kind}: entries too small for a block of {block}: {len(lost)}, as the file says")
        # It cuts each entry down and gives what is left to the largest.
        compare("MixtureDataset", kind, wanted, drawn, max(1, len(names) - 1), "sequences of a block")
    text = plan.file("written", "levanter-train-weights.yaml").read_text().replace("./data/", f"{plan.folder}/data/")
    config = draccus.decode(LMMixtureDatasetConfig, yaml.safe_load(text)["data"])
    for split, key in [("train", "documentsWritten"), ("validation", None)]:
        source = next(iter(config.configs.values())).get_shard_source(split)
        expected = plan.manifest[key] if key else plan.manifest["holdout"]["documents"]
        rows = 0 if source is None else sum(
            sum(1 for row in source.open_shard_at_row(shard, 0) if row["text"]) for shard in source.shard_names)
        judge(rows == expected, f"written: Levanter's own reader reads {rows:,} {split} rows of the Parquet files, {expected:,} written")


def check_streaming(plan):
    import numpy
    import yaml
    from streaming import MDSWriter, Stream, StreamingDataset

    for kind in plan.kinds():
        streams = yaml.safe_load(plan.file(kind, "streaming-streams.yaml").read_text())["streams"]
        entries = plan.entries(kind)
        made = [Stream(**arguments) for arguments in streams.values()]
        available = numpy.array([entries[name][1] for name in streams], dtype=numpy.int64)
        Stream.apply_weights(made, available, None, 1)
        wanted = {name: tokens for name, (tokens, _) in entries.items()}
        # One sample of one token each: repeat x samples, cut to a whole number.
        compare("Stream.apply_weights", kind, wanted, {n: int(s.choose) for n, s in zip(streams, made)}, 1, "samples")
    kind = "by-source"
    streams = yaml.safe_load(plan.file(kind, "streaming-streams.yaml").read_text())["streams"]
    with tempfile.TemporaryDirectory() as folder:
        samples = {}
        for name, arguments in streams.items():
            samples[name] = 100
            with MDSWriter(out=f"{folder}/{arguments['remote']}", columns={"entry": "str"}, size_limit=1 << 14) as out:
                for _ in range(samples[name]):
                    out.write({"entry": name})
            arguments.update(remote=f"{folder}/{arguments['remote']}", local=f"{folder}/{arguments['local']}")
        dataset = StreamingDataset(streams=[Stream(**arguments) for arguments in streams.values()], batch_size=1, num_canonical_nodes=1)
        drawn = defaultdict(int)
        for sample in dataset:
            drawn[sample["entry"]] += 1
        repeats = {name: float(arguments["repeat"]) for name, arguments in streams.items()}
    wanted = {name: samples[name] * repeats[name] for name in streams}
    compare("StreamingDataset on MDS shards", kind, wanted, {**{n: 0 for n in wanted}, **drawn}, 1, "samples")


def check_dolma(plan):
    from dolma.tokenizer.reshard import ReshardingConfig

    for kind in plan.kinds():
        config = ReshardingConfig.from_file(plan.file(kind, "dolma-sources.yaml"))
        entries = plan.entries(kind)
        names = [source.prefix.split("/")[-1] for source in config.source_prefixes]
        rates = {name: source.sample_rate for name, source in zip(names, config.source_prefixes)}
        right = all(abs(rates[name] * available - tokens) <= max(1, available * 1e-12) for name, (tokens, available) in entries.items())
        judge(names == list(entries) and right, f"{kind}: ReshardingConfig takes {len(names)} prefixes, sample_rate x available = written")
        with tempfile.TemporaryDirectory() as folder:
            files, drawn, wanted = 200, {}, {}
            for name, source in zip(names, config.source_prefixes):
                place = Path(folder) / name
                place.mkdir()
                for i in range(files):
                    (place / f"{i:04}.npy").touch()
                source.prefix = str(place)
                drawn[name], wanted[name] = len(source.take()), files * rates[name]
            # It takes whole files, at least one.
            compare("reshard", kind, wanted, drawn, 1, "files")
        shutil.rmtree(config.local_tempdir, ignore_errors=True)


CHECKS = [
    ("csv", "pandas", check_csv),
    ("olmo-core", "ai2-olmo-core", check_olmo_core),
    ("megatron", "megatron-core", check_megatron),
    ("megatron", "megatron-core", check_megatron_reader),
    ("levanter", "levanter", check_levanter),
    ("streaming", "mosaicml-streaming", check_streaming),
    ("dolma", "dolma", check_dolma),
]


def main(folder, only):
    plan = Plan(folder)
    print(f'{plan.manifest["name"]}@{plan.manifest["version"]}')
    ran = 0
    for tool, package, check in CHECKS:
        if only not in (None, tool):
            continue
        try:
            print(f"{package} {version(package)}, {check.__name__}")
        except PackageNotFoundError:
            print(f"{package}: not installed, skipped")
            continue
        check(plan)
        ran += 1
    print(f"{ran} checks, {len(breaches)} breaches")
    return 1 if breaches or ran == 0 else 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    chosen = arguments.pop(arguments.index("--only") + 1) if "--only" in arguments else None
    places = [word for word in arguments if word != "--only"]
    if len(places) != 1:
        sys.exit(__doc__)
    sys.exit(main(Path(places[0]).resolve(), chosen))
