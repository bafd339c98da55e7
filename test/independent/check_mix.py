"""Checks a published mix without any code of Ballast.

Counts every cap of the recipe from the written Parquet files. Of mix.json only the recipe is read,
none of its tallies; data files are found by their names. For caps at a confidence the intervals of
the strata's truth come from the inventory in plan.json; what they come to is worked out here anew. Then the same files are read by pandas,
DuckDB, pyarrow and Hugging Face `datasets` (offline), which must agree on rows and tokens.

    python test/independent/check_mix.py <workspace>/mixes/<name>/<version>

Needs: pip install pyarrow duckdb pandas datasets
"""

import json
import os
import sys
import tempfile
from collections import defaultdict
from fractions import Fraction
from functools import lru_cache
from math import ceil, exp, floor, lgamma, log, log1p
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")

COLUMNS = ["id", "text", "source", "created", "domain", "provenance", "edit_direction",
           "model_family", "grant_id", "tokens", "pass", "lineage_depth"]
CLASSES = ["human_authored", "human_edited", "synthetic"]
LABELS = {*CLASSES, "unknown"}
breaches = []


def judge(kept, sentence):
    """Prints one finding; remembers it where it is a breach."""
    print(f"  {'kept  ' if kept else 'BREACH'} {sentence}")
    if not kept:
        breaches.append(sentence)


def exact(number):
    """The decimal that the recipe states, not its nearest binary fraction."""
    return Fraction(str(number))


def scopes_of(cap, rows):
    """Documents that a cap's shares are of, by scope."""
    domain = cap["domain"]
    if domain == "all":
        return {"all": rows}
    domains = sorted({row["domain"] for row in rows}) if domain == "each" else [domain]
    return {name: [row for row in rows if row["domain"] == name] for name in domains}


def beta_cdf(x, a, b):
    """Regularised incomplete beta function, by its continued fraction (Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    result, m = d, 1
    while True:
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            result *= c * d
        m += 1
        if abs(c * d - 1) < 1e-15 or m > 10_000:
            return front * result


def halve(low, high, below):
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


@lru_cache(maxsize=None)
def bounds(point, low, high, stated, asked):
    """One-sided bounds at `asked` of an interval whose ends hold at `stated`, by a fitted beta distribution."""
    if point > 0.5:
        lower, upper = bounds(1 - point, 1 - high, 1 - low, stated, asked)
        return 1 - upper, 1 - lower
    cdf = lambda x, n: beta_cdf(x, point * n + 0.5, (1 - point) * n + 0.5)
    n = exp(halve(log(1e-6), log(1e9), lambda size: cdf(high, exp(size)) < stated))
    quantile = lambda p: halve(0, 1, lambda x: cdf(x, n) < p)
    lower = 0 if low == 0 else max(0, low + quantile(1 - asked) - quantile(1 - stated))
    upper = 1 if high == 1 else min(1, high + quantile(asked) - quantile(stated))
    return lower, upper


def bound(estimate, confidence, upper):
    """One-sided bound of a share; what is assumed or unknown has no other bounds than those stated."""
    ends = estimate["low"], estimate["high"]
    if estimate["basis"] == "measured":
        ends = bounds(estimate["point"], *ends, (1 + estimate["confidence"]) / 2, max(confidence, 0.8))
    return ends[upper]


def weight(cap, row, truths):
    """How much of a token the cap counts, in millionths rounded against the mix."""
    upper, family, wanted = cap["limit"]["kind"].startswith("max"), cap["modelFamily"], cap["provenance"]
    if row["provenance"] == "unknown" and "unknown" in wanted and family is None:
        return Fraction(1)
    if family is not None and (row["model_family"] != family if row["provenance"] == "synthetic" else not upper):
        return Fraction(0)
    classes = [name for name in CLASSES if name in wanted and (family is None or name == "synthetic")]
    others = [name for name in CLASSES if name not in classes]
    if not classes or not others:
        return Fraction(int(not others))
    truth = truths[stratum_of(row)]
    share = bound(truth[classes[0]], cap["confidence"], upper) if len(classes) == 1 \
        else 1 - bound(truth[others[0]], cap["confidence"], not upper)
    millionths = float(f"{share * 1e6:.12g}")
    return Fraction(ceil(millionths) if upper else floor(millionths), 1_000_000)


def stratum_of(row):
    return tuple(row[name] or "" for name in ["source", "domain", "provenance", "model_family", "grant_id"]) + (row["lineage_depth"],)


def truths_of(folder):
    """Truth shares by stratum, as the inventory states them."""
    strata = json.loads((folder / "plan.json").read_text())["inventory"]["strata"]
    names = ["source", "domain", "label", "modelFamily", "grantId", "lineageDepth"]
    return {tuple(row[name] for name in names): row["truth"] for row in strata}


def placed(cap, row):
    """Is the document in the place that the cap limits, whatever its label?"""
    if cap["source"] is not None and row["source"] != cap["source"]:
        return False
    return cap["lineageDepth"] is None or row["lineage_depth"] >= cap["lineageDepth"]


def counted(cap, rows, truths):
    """Tokens that the cap counts: by label, or by what is known of the truth."""
    rows = [row for row in rows if placed(cap, row)]
    if cap["confidence"] is None or cap["provenance"] is None:
        return tokens_of([row for row in rows if matches(cap, row)])
    return sum(weight(cap, row, truths) * row["tokens"] for row in rows)


def matches(cap, row):
    """Is the document of the kind that the cap counts?"""
    wanted = [("source", cap["source"]), ("model_family", cap["modelFamily"])]
    if any(value is not None and row[column] != value for column, value in wanted):
        return False
    if cap["licensed"] and not row["grant_id"]:
        return False
    return cap["provenance"] is None or row["provenance"] in cap["provenance"]


def tokens_of(rows):
    return sum(row["tokens"] for row in rows)


def check_caps(recipe, rows, truths):
    for cap in recipe["caps"]:
        for scope, whole_rows in scopes_of(cap, rows).items():
            whole = tokens_of(whole_rows)
            part = counted(cap, whole_rows, truths)
            kind = cap["limit"]["kind"]
            limit = cap["limit"]["share" if kind.endswith("share") else "tokens"]
            allowed = exact(limit) * (whole if kind.endswith("share") else 1)
            judge(part <= allowed if kind.startswith("max") else part >= allowed,
                  f'cap "{cap["id"]}" ({scope}): {float(part):,.10g} of {whole:,} tokens, {kind} {limit}' +
                  ("" if cap["confidence"] is None else f' at confidence {cap["confidence"]}'))


def check_families(recipe, rows):
    rule = recipe["modelFamilies"]
    if rule is None:
        return
    most, least = rule["maxShare"], rule["minCount"]
    for scope, scope_rows in {**scopes_of({"domain": "all"}, rows), **scopes_of({"domain": "each"}, rows)}.items():
        families = defaultdict(int)
        for row in scope_rows:
            if row["provenance"] == "synthetic":
                families[row["model_family"]] += row["tokens"]
        if not families:
            continue
        top, tokens = max(families.items(), key=lambda entry: entry[1])
        share = Fraction(tokens, sum(families.values()))
        judge(len(families) >= least and share <= exact(most),
              f"families ({scope}): {len(families)}, at least {least}; {top} {float(share):.4f}, max {most}")


def check_rows(recipe, train, holdout):
    budget = recipe["tokenBudget"]
    judge(tokens_of(train) <= budget, f"token budget: {tokens_of(train):,} of {budget:,}")
    keys = [(row["source"], row["id"], row["pass"]) for row in train + holdout]
    judge(len(keys) == len(set(keys)), f"no (source, id, pass) stands twice: {len(keys) - len(set(keys))} do")
    factor = exact(recipe["maxRepetitionFactor"])
    own = {source["name"]: source["maxRepetitionFactor"] for source in recipe["sources"]}
    passes = defaultdict(int)
    for row in train:
        passes[row["source"], row["id"]] += 1
    limits = {name: -(-(exact(limit) if limit is not None else factor) // 1) for name, limit in own.items()}
    over = [key for key, count in passes.items() if count > limits[key[0]]]
    judge(not over, f"epochs: {max(passes.values(), default=0)} passes over a document at most, {len(over)} documents over the limit {float(factor):g}")
    gaps = [row for row in train if row["pass"] > 0 and passes[row["source"], row["id"]] <= row["pass"]]
    judge(not gaps, f"passes are numbered from 0 without a gap: {len(gaps)} are not")
    held = {(row["source"], row["id"]) for row in holdout}
    both = sum((row["source"], row["id"]) in held for row in train)
    judge(both == 0, f"holdout apart: {len(held):,} held out, {both} of them in training files")
    bare = sum(not row["grant_id"] for row in train + holdout)
    judge(bare == 0, f"grant_id in every row: {bare} without")
    odd = sum(row["provenance"] not in LABELS or row["tokens"] <= 0 for row in train + holdout)
    judge(odd == 0, f"labels and token counts are of their kind: {odd} are not")


def check_texts(files):
    """The texts themselves: none empty, none twice under two ids of one pass."""
    import duckdb

    paths = [str(path) for path in files]
    empty, total, distinct = duckdb.execute(
        'select count(*) filter (coalesce(trim(text), \'\') = \'\'), count(*), count(distinct md5(text)) '
        'from read_parquet(?) where pass = 0', [paths]).fetchone()
    judge(empty == 0, f"no empty text: {empty} are")
    judge(total == distinct, f"no text twice in one pass: {total - distinct} of {total:,} are")


def check_readers(files, arrow_files, rows):
    import duckdb
    import pandas
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.ipc
    import pyarrow.parquet as pq
    from datasets import load_dataset

    paths = [str(path) for path in files]
    expected = (len(rows), tokens_of(rows))
    frame = pandas.concat([pandas.read_parquet(path) for path in paths])
    found = {
        "pandas": (len(frame), int(frame["tokens"].sum())),
        "DuckDB": duckdb.execute("select count(*), sum(tokens)::bigint from read_parquet(?)", [paths]).fetchone(),
    }
    with tempfile.TemporaryDirectory() as cache:
        dataset = load_dataset("parquet", data_files=paths, split="train", cache_dir=cache)
        found["datasets"] = (dataset.num_rows, sum(dataset["tokens"]))
        del dataset
    versions = f"pandas {pandas.__version__}, DuckDB {duckdb.__version__}, pyarrow {pa.__version__}"
    if arrow_files:
        tables = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in arrow_files]
        table = pa.concat_tables(tables)
        found["Arrow file"] = (table.num_rows, pc.sum(table["tokens"]).as_py())
        parquet = pa.concat_tables([pq.read_table(path) for path in files])
        same = all(parquet[name].to_pylist() == [value or None if name != "text" else value for value in table[name].to_pylist()]
                   if pa.types.is_string(parquet[name].type) else parquet[name].to_pylist() == table[name].to_pylist()
                   for name in parquet.column_names)
        judge(same and parquet.column_names == table.column_names, "Arrow and Parquet hold the same rows in one order")
    for reader, answer in found.items():
        judge(tuple(answer) == expected, f"{reader} reads {answer[0]:,} rows, {answer[1]:,} tokens")
    print(f"  ({versions})")


def read(files):
    import pyarrow.parquet as pq

    rows = []
    for path in files:
        table = pq.read_table(path)
        missing = [name for name in COLUMNS if name not in table.column_names]
        judge(not missing, f"{path.name}: {table.num_rows:,} rows with every column" + (f", less {missing}" if missing else ""))
        rows += table.drop_columns(["text"]).to_pylist()
    return rows


def main(folder):
    recipe = json.loads((folder / "mix.json").read_text())["recipe"]
    data = folder / "data"
    print(f'{recipe["name"]}@{recipe["version"]}')
    files = sorted(data.glob("*.parquet"))
    train = read([path for path in files if path.name.startswith("train-")])
    holdout = read([path for path in files if path.name.startswith("holdout-")])
    check_caps(recipe, train, truths_of(folder))
    check_families(recipe, train)
    check_rows(recipe, train, holdout)
    check_texts(files)
    check_readers(files, sorted(data.glob("*.arrow")), train + holdout)
    print(f"{len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
