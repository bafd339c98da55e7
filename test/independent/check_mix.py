"""Checks a published mix without any code of Ballast.

Counts every cap of the recipe from the written Parquet files. Of mix.json only the recipe and its day are
read, none of the tallies; data files are found by their names. For caps at a confidence the intervals of
the strata's truth come from the inventory in plan.json; what they come to is worked out here anew. The
anchor and churn are judged by the files of the versions before, which must stand beside it; of the inventory
only their names are read. Then the same files are read by pandas,
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
           "model_family", "grant_id", "tokens", "pass", "lineage_depth", "site", "language", "anchored"]
CLASSES = ["human_authored", "human_edited", "synthetic"]
LABELS = {*CLASSES, "unknown"}
HUMAN = CLASSES[:2]
TIERS = ["commercial", "unspecified", "non_commercial", "academic_only"]
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


def in_site(host, site):
    return host == site or host.endswith("." + site)


def in_language(tag, language):
    tag, language = tag.lower(), language.lower()
    return tag == language or tag.startswith(language + "-")


def most_specific(value, names, inside):
    """The longest of the names that hold the value; "" where none does."""
    holding = [name for name in names if value and inside(value, name)]
    return max(holding, key=lambda name: (len(name), name), default="")


def named(recipe, key):
    return {cap[key] for cap in recipe["caps"] if cap.get(key) is not None}


def set_strata(recipe, rows):
    """The stratum of every row, by the sites and languages that caps of the recipe name."""
    sites, languages = named(recipe, "site"), named(recipe, "language")
    for row in rows:
        key = [row[name] or "" for name in ["source", "domain", "provenance", "model_family", "grant_id"]]
        row["stratum"] = (*key, row["lineage_depth"], most_specific(row["site"] or "", sites, in_site),
                          most_specific(row["language"] or "", languages, in_language), row["anchored"] == 1)


def stratum_of(row):
    return row["stratum"]


def truths_of(folder):
    """Truth shares by stratum, as the inventory states them."""
    strata = json.loads((folder / "plan.json").read_text())["inventory"]["strata"]
    names = ["source", "domain", "label", "modelFamily", "grantId", "lineageDepth", "site", "language", "anchored"]
    return {tuple(row[name] for name in names): row["truth"] for row in strata}


def tier_of(recipe, grant_id):
    """The narrowest tier of the grants that a row names."""
    uses = {grant["grantId"]: grant["uses"] for grant in recipe["grants"]}

    def tier(name):
        rights = uses.get(name, {})
        commercial = rights.get("commercial", "unstated")
        if commercial != "deny":
            return 0 if commercial in ("allow", "conditional") else 1
        return 3 if rights.get("redistribute_text") == "deny" and rights.get("pretrain") == "conditional" else 2

    return TIERS[max(tier(name) for name in grant_id.split(" AND "))]


def placed(cap, row, tiers):
    """Is the document in the place that the cap limits, whatever its label?"""
    if cap["source"] is not None and row["source"] != cap["source"]:
        return False
    if cap.get("site") is not None and not in_site(row["site"] or "", cap["site"]):
        return False
    if cap.get("language") is not None and not in_language(row["language"] or "", cap["language"]):
        return False
    if cap.get("licenceTier") is not None and tiers[row["grant_id"]] not in cap["licenceTier"]:
        return False
    return cap["lineageDepth"] is None or row["lineage_depth"] >= cap["lineageDepth"]


def counted(cap, rows, truths, tiers):
    """Tokens that the cap counts: by label, or by what is known of the truth."""
    rows = [row for row in rows if placed(cap, row, tiers)]
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
    tiers = {name: tier_of(recipe, name) for name in {row["grant_id"] for row in rows}}
    for cap in recipe["caps"]:
        for scope, whole_rows in scopes_of(cap, rows).items():
            whole = tokens_of(whole_rows)
            part = counted(cap, whole_rows, truths, tiers)
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
    least = ceil(exact(recipe.get("minBudgetShare", 0)) * budget)
    judge(tokens_of(train) >= least, f"least budget: {tokens_of(train):,}, at least {least:,}")
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


def read_before(folder, version):
    """Training rows of another version of the mix, without their texts."""
    import pyarrow.parquet as pq

    rows = []
    for path in sorted((folder.parent / version / "data").glob("train-*.parquet")):
        table = pq.read_table(path)
        rows += table.drop_columns(["text"]).to_pylist()
    if not rows:
        sys.exit(f"{folder.parent / version}: no Parquet files of training rows, which this version looks back at")
    return rows


def refused(recipe, as_of, grant_id):
    """Does the recipe still know a grant of this text, and refuse it? Dates of texts are not judged."""
    days = [as_of] + ([recipe["use"]["trainingEnds"]] if recipe["use"]["trainingEnds"] else [])
    for grant in recipe["grants"]:
        if grant["grantId"] not in grant_id.split(" AND "):
            continue
        gone = any((grant["revokedAt"] and day >= grant["revokedAt"]) or (grant["validUntil"] and day >= grant["validUntil"])
                   or (grant["validFrom"] and day < grant["validFrom"]) for day in days)
        denied = any(grant["uses"].get(purpose) != "allow" for purpose in recipe["use"]["purposes"])
        if grant["status"] not in ("active", "expiring") or gone or denied:
            return True
    return False


def check_anchor(recipe, folder, train, as_of, version):
    """Human documents of the earlier version, against the labels of every document read and the written rows."""
    import duckdb

    before = [row for row in read_before(folder, version) if row["pass"] == 0 and row["provenance"] in HUMAN]
    held = {(row["source"], row["id"]): row for row in before}
    labels = {(source, name): (outcome, label, tokens) for source, name, outcome, label, tokens in duckdb.execute(
        "select source, id, outcome, provenance, tokens from read_parquet(?)", [str(folder / "labels" / "*.parquet")]).fetchall()}
    usable = {key for key in held if key in labels and labels[key][0] in ("written", "not_selected") and labels[key][1] in HUMAN}
    absent = {key for key in held if key not in labels and not refused(recipe, as_of, held[key]["grant_id"])}
    written = {(row["source"], row["id"]): row for row in train if row["pass"] == 0}
    odd = sum((row["anchored"] == 1) != (key in held and row["provenance"] in HUMAN) for key, row in written.items())
    judge(odd == 0, f"anchored: what {version} held as human text and no other row: {odd} are wrong")
    whole = sum(labels[key][2] for key in usable) + sum(held[key]["tokens"] for key in absent)
    kept = sum(written[key]["tokens"] for key in usable if key in written)
    least = ceil(exact(recipe["anchor"]["minShare"]) * whole)
    judge(kept >= least, f"anchor: {kept:,} of {whole:,} human tokens of {version} kept, at least {least:,}; "
          f"{len(usable & written.keys()):,} documents of {len(held):,} held, {len(usable):,} usable, {len(absent):,} absent, "
          f"{len(held) - len(usable) - len(absent):,} lost")


def check_churn(recipe, folder, train, version):
    def shares(rows):
        groups, whole = defaultdict(int), tokens_of(rows)
        for row in rows:
            groups[tuple(row[name] or "" for name in ["source", "domain", "provenance", "model_family"])] += row["tokens"]
        return {key: Fraction(tokens, whole) for key, tokens in groups.items()}

    now, then = shares(train), shares(read_before(folder, version))
    churn = sum(abs(now.get(key, 0) - then.get(key, 0)) for key in {*now, *then}) / 2
    judge(churn <= exact(recipe["churnMax"]), f'churn: {float(churn):.6f} against {version}, at most {recipe["churnMax"]}')


def check_previous(recipe, folder, train, as_of):
    previous = json.loads((folder / "plan.json").read_text())["inventory"].get("previous")
    if previous is None:
        judge(not any(row["anchored"] for row in train), "anchored: nothing is, where no version stands before")
        return
    if recipe.get("anchor") is not None:
        check_anchor(recipe, folder, train, as_of, previous["anchor"]["version"])
    if recipe.get("churnMax") is not None:
        check_churn(recipe, folder, train, previous["version"])


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
    manifest = json.loads((folder / "mix.json").read_text())
    recipe = manifest["recipe"]
    data = folder / "data"
    print(f'{recipe["name"]}@{recipe["version"]}')
    files = sorted(data.glob("*.parquet"))
    train = read([path for path in files if path.name.startswith("train-")])
    holdout = read([path for path in files if path.name.startswith("holdout-")])
    set_strata(recipe, train)
    check_caps(recipe, train, truths_of(folder))
    check_previous(recipe, folder, train, manifest["asOf"])
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
