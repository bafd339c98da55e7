"""Checks the planner's answers against CVXPY, from recipe and inventory alone.

    node test/independent/planner-instances.mjs --count 200 > instances.jsonl
    python test/independent/check_planner.py instances.jsonl

Needs: pip install cvxpy highspy scipy numpy. Shares no code with the planner: caps are read here anew,
and rows are built here. Linear programs are solved by CLARABEL (an interior point method, where the planner
has a simplex) and perturbed by HiGHS; mixed-integer ones by HiGHS through CVXPY, in another formulation.

For every problem: the same status; tokens of the first stage, tokens without a target, and distance from the targets,
each within 1e-6 of the budget; prices equal to the derivative of the first stage where left and right
derivative agree, and between them where they do not; of a conflict: infeasible with all members,
feasible without any one. Infeasible means: not one token can be written.
"""

import contextlib
import json
import sys
import warnings
from collections import Counter
from fractions import Fraction
from math import floor

import cvxpy as cp
import numpy as np

TOLERANCE = 1e-6      # of the budget
UNITS = 1000.0        # in the budget
DELTA = 1e-4          # of the budget, by which a limit is moved for a derivative
PRICE_TOLERANCE = 2e-3
PRICES_PER_PROBLEM = 10
CLASSES = ["human_authored", "human_edited", "synthetic"]
TIERS = ["commercial", "unspecified", "non_commercial", "academic_only"]


def tier_of_grant(grant):
    uses = grant["uses"]
    commercial = uses.get("commercial", "unstated")
    if commercial in ("allow", "conditional"):
        return 0
    if commercial == "unstated":
        return 1
    narrow = uses.get("redistribute_text") == "deny" and uses.get("pretrain") == "conditional"
    return 3 if narrow else 2


def family(stratum):
    return stratum["modelFamily"] or "unstated"


def bound(labels, stratum, is_maximum):
    """Most (or least) share of the text that is of one of the labels; bounds here are assumed ones."""
    wanted = [c for c in CLASSES if c in labels]
    if stratum["label"] == "unknown" and "unknown" in labels:
        return 1.0
    if len(wanted) == 0:
        return 0.0
    if len(wanted) == 3:
        return 1.0
    if len(wanted) == 1:
        return stratum["truth"][wanted[0]]["high" if is_maximum else "low"]
    rest = next(c for c in CLASSES if c not in wanted)
    return 1 - stratum["truth"][rest]["low" if is_maximum else "high"]


def weight(cap, stratum, tiers):
    if cap["source"] not in (None, stratum["source"]):
        return 0.0
    site = cap["site"]
    if site is not None and stratum["site"] != site and not stratum["site"].endswith("." + site):
        return 0.0
    language = cap["language"]
    if language is not None and not (stratum["language"] + "-").startswith(language + "-"):
        return 0.0
    if cap["licenceTier"] is not None:
        ranks = [tiers.get(g, 1) for g in stratum["grantId"].split(" AND ")]
        if TIERS[max(ranks)] not in cap["licenceTier"]:
            return 0.0
    if cap["lineageDepth"] is not None and stratum["lineageDepth"] < cap["lineageDepth"]:
        return 0.0
    if cap["confidence"] is not None:
        exact = bound(cap["provenance"], stratum, cap["limit"]["kind"].startswith("max")) * 1e6
        # Whole millionths, against us; the bounds of these problems are hundredths.
        return round(exact) / 1e6
    if cap["provenance"] is not None and stratum["label"] not in cap["provenance"]:
        return 0.0
    if cap["modelFamily"] is not None:
        return float(stratum["label"] == "synthetic" and family(stratum) == cap["modelFamily"])
    return 1.0


class Problem:
    """Rows `a x <= b` with x in thousandths of the budget, each under the name (cap id, scope) of who asks for it."""

    def __init__(self, recipe, inventory, tally):
        self.solved_by = tally
        self.recipe = recipe
        self.strata = [s for s in inventory["strata"] if s["tokens"] > 0]
        self.n = len(self.strata)
        self.budget = float(recipe["tokenBudget"])
        # A solver keeps rows to 1e-6 or 1e-7 of a unit.
        self.unit = self.budget / UNITS
        self.domains = sorted({s["domain"] for s in self.strata})
        own = {s["name"]: s["maxRepetitionFactor"] for s in recipe["sources"]}
        factors = [own[s["source"]] if own[s["source"]] is not None else recipe["maxRepetitionFactor"]
                   for s in self.strata]
        whole = [floor(Fraction(str(f)) * s["tokens"]) for f, s in zip(factors, self.strata)]
        self.most = np.array(whole) / self.unit
        # Repetition is a rule like others: a text may be written 1,000 times where it is left out.
        self.free = np.array([1000 * s["tokens"] for s in self.strata]) / self.unit
        self.repetition = [
            ("max_repetition_factor" if own[s["source"]] is None else f"max_repetition_factor:{s['source']}", "all")
            for s in self.strata
        ]
        self.rows, self.right, self.names, self.signs = [], [], [], []
        self.add([1.0] * self.n, UNITS, ("token_budget", "all"))
        tiers = {g["grantId"]: tier_of_grant(g) for g in recipe["grants"]}
        for cap in recipe["caps"]:
            for scope in (self.domains if cap["domain"] == "each" else [cap["domain"]]):
                self.add_cap(cap, scope, tiers)
        self.add_families()

    def add(self, a, b, name, sign=1):
        self.rows.append(a)
        self.right.append(b)
        self.names.append(name)
        self.signs.append(sign)

    def add_cap(self, cap, scope, tiers):
        limit = cap["limit"]
        sign = 1 if limit["kind"].startswith("max") else -1
        share = limit.get("share", 0.0)
        inside = [scope == "all" or s["domain"] == scope for s in self.strata]
        a = [sign * (weight(cap, s, tiers) - share) if i else 0.0 for s, i in zip(self.strata, inside)]
        self.add(a, sign * limit.get("tokens", 0) / self.unit, (cap["id"], scope), sign)

    def add_families(self):
        rule = self.recipe["modelFamilies"]
        if rule is None or rule["maxShare"] >= 1:
            return
        for scope in ["all", *self.domains]:
            inside = [s["label"] == "synthetic" and scope in ("all", s["domain"]) for s in self.strata]
            for name in sorted({family(s) for s, i in zip(self.strata, inside) if i}):
                a = [(float(family(s) == name) - rule["maxShare"]) if i else 0.0
                     for s, i in zip(self.strata, inside)]
                self.add(a, 0.0, ("model_families", "all"))

    def is_integer(self):
        rule = self.recipe["modelFamilies"]
        return (rule is not None and rule["minCount"] > 1) or self.recipe["licenceBudget"] is not None

    def tokens_of_cents(self):
        """What five cents buy: whole tokens may pass the licence budget, and then some is kept free."""
        prices = [float(g["fee"]["perToken"]) for g in self.recipe["grants"] if g["fee"] and g["fee"]["perToken"]]
        return 0.05 / min(prices) if prices and self.recipe["licenceBudget"] is not None else 0.0

    def base(self, kept=None):
        """Variable and constraints; `kept` names the groups that stand, None all of them."""
        x = cp.Variable(self.n, nonneg=True)
        if kept is None:
            most = np.minimum(self.most, UNITS)
        else:
            most = np.where([rule in kept for rule in self.repetition], self.most, self.free)
        constraints = [x <= most]
        chosen = [i for i, name in enumerate(self.names) if kept is None or name in kept]
        if chosen:
            a = np.array([self.rows[i] for i in chosen])
            # Rows of one scale: an interior point method stops at a tolerance relative to it.
            scale = np.maximum(np.abs(a).max(axis=1), 1e-9)
            constraints.append((a / scale[:, None]) @ x <= np.array(self.right)[chosen] / scale)
        if kept is None or ("model_families", "all") in kept:
            constraints += self.presence(x, most)
        if self.recipe["licenceBudget"] is not None and (kept is None or ("licence_budget", "all") in kept):
            constraints += self.money(x, most)
        return x, constraints

    def presence(self, x, most):
        """A domain has no synthetic text, or documents of at least min_count families."""
        rule = self.recipe["modelFamilies"]
        if rule is None or rule["minCount"] <= 1:
            return []
        constraints = []
        for domain in self.domains:
            inside = [i for i, s in enumerate(self.strata) if s["domain"] == domain and s["label"] == "synthetic"]
            if not inside:
                continue
            families = {}
            for i in inside:
                families.setdefault(family(self.strata[i]), []).append(i)
            uses = cp.Variable(boolean=True)
            shown = []
            for places in families.values():
                for i in places:
                    constraints.append(x[i] <= most[i] * uses)
                able = [i for i in places if self.strata[i]["tokensMin"] <= self.most[i] * self.unit]
                if not able:
                    continue
                holds = cp.Variable(len(able), boolean=True)
                for k, i in enumerate(able):
                    document = min(self.strata[i]["tokensMax"] / self.unit, self.most[i])
                    constraints.append(x[i] >= document * holds[k])
                present = cp.Variable(boolean=True)
                constraints.append(present <= cp.sum(holds))
                # Less than a document of a family is nothing that could be written.
                constraints += [x[i] <= most[i] * present for i in places]
                shown.append(present)
            constraints.append(sum(shown) >= rule["minCount"] * uses if shown else uses <= 0)
        return constraints

    def money(self, x, most):
        """Fees in the licence's money: zero where unused, else the items, within minimum and cap."""
        amount = float(self.recipe["licenceBudget"]["amount"])
        constraints, costs = [], []
        for grant in self.recipe["grants"]:
            fee = grant["fee"]
            places = [i for i, s in enumerate(self.strata) if grant["grantId"] in s["grantId"].split(" AND ")]
            if fee is None or not places:
                continue
            price = lambda key: float(fee[key] or 0) / amount * UNITS
            items = price("fixed")
            items = items + price("perToken") * self.unit * cp.sum(x[places])
            ceiling = price("fixed") + price("perToken") * self.unit * float(most[places].sum())
            ceiling += price("minimum") + price("cap")
            used, at_cap = cp.Variable(boolean=True), cp.Variable(boolean=True)
            cost = cp.Variable(nonneg=True)
            for i in places:
                constraints.append(x[i] <= most[i] * used)
            lifted = ceiling * (1 - used)
            if fee["cap"] is None:
                constraints.append(at_cap <= 0)
            else:
                constraints.append(cost >= price("cap") - (1 - at_cap) * ceiling)
            constraints.append(cost >= items - lifted - ceiling * at_cap)
            constraints.append(cost >= price("minimum") * used - ceiling * at_cap)
            costs.append(cost)
        if costs:
            constraints.append(sum(costs) <= UNITS)
        return constraints

    def solve(self, objective, constraints, exact=False):
        problem = cp.Problem(objective, constraints)
        if problem.is_mixed_integer():
            problem.solve(solver=cp.HIGHS, mip_rel_gap=0, mip_abs_gap=1e-9)
            self.solved_by["solved by HiGHS, integers"] += 1
        else:
            if not exact:
                with warnings.catch_warnings(), contextlib.suppress(cp.error.SolverError):
                    warnings.simplefilter("ignore")
                    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-9, tol_gap_rel=1e-9, tol_feas=1e-9)
            if exact or problem.status not in ("optimal", "infeasible"):
                problem.solve(solver=cp.HIGHS)
                self.solved_by["solved by HiGHS"] += 1
            else:
                self.solved_by["solved by CLARABEL"] += 1
        if problem.status == "optimal":
            return problem.value
        if problem.status == "infeasible":
            return None
        raise RuntimeError(problem.status)

    def most_tokens(self, kept=None, exact=False):
        """Tokens of the largest mix; None or less than one where none can be written."""
        x, constraints = self.base(kept)
        value = self.solve(cp.Maximize(cp.sum(x)), constraints, exact)
        return None if value is None else value * self.unit


def stages(problem, total):
    """Least tokens without a target, then least distance from the targets, at this many tokens."""
    targets = problem.recipe["targetShares"]
    if not targets:
        return {}
    # As far as the planner lets a later stage fall behind: 1e-10 of the budget.
    slack = 1e-10 * UNITS
    x, constraints = problem.base()
    constraints = [*constraints, cp.sum(x) >= total / problem.unit - slack]
    others = [i for i, s in enumerate(problem.strata) if targets.get(s["domain"], 0) == 0]
    result = {}
    if others:
        untargeted = problem.solve(cp.Minimize(cp.sum(x[others])), constraints)
        result["untargeted"] = untargeted * problem.unit
        constraints.append(cp.sum(x[others]) <= untargeted + slack)
    distances = []
    for domain in problem.domains:
        places = [i for i, s in enumerate(problem.strata) if s["domain"] == domain]
        distances.append(cp.abs(cp.sum(x[places]) - targets.get(domain, 0) * cp.sum(x)))
    result["targets"] = problem.solve(cp.Minimize(sum(distances)), constraints) * problem.unit
    return result


def derivatives(problem, row):
    """d(tokens) / d(limit) of a row to either side; the limit of a minimum is its right-hand side."""
    values = []
    kept = problem.right[row]
    for step in (-DELTA, 0.0, DELTA):
        problem.right[row] = kept + step * UNITS
        values.append(problem.most_tokens(exact=True))
    problem.right[row] = kept
    if any(v is None for v in values):
        return None
    scale = DELTA * problem.budget
    left, right = (values[1] - values[0]) / scale, (values[2] - values[1]) / scale
    # Of a minimum, `-part + share x whole <= -limit`: more limit is less room.
    return sorted([left, right]) if problem.signs[row] > 0 else sorted([-left, -right])


def check_prices(problem, plan, tally, problems, number):
    stated = {(c["capId"], c["scope"]): c["shadowPrice"] for c in plan["caps"]}
    rows = [i for i, name in enumerate(problem.names) if name in stated and name[0] != "model_families"]
    costly = [i for i in rows if stated[problem.names[i]]]
    free = [i for i in rows if not stated[problem.names[i]]]
    for row in [*costly, *free][:PRICES_PER_PROBLEM]:
        price = stated[problem.names[row]]
        if price is None:
            continue
        slopes = derivatives(problem, row)
        if slopes is None:
            tally["price: a side infeasible"] += 1
            continue
        low, high = slopes
        room = PRICE_TOLERANCE * max(1, abs(low), abs(high))
        if high - low <= room:
            tally["price: unique"] += 1
            tally["price: unique, not 0"] += 1 if abs(price) > 1e-6 else 0
            if abs(price - low) > room:
                problems.append(f"{number}: price of {problem.names[row]} {price}, derivative {low}")
        else:
            tally["price: several"] += 1
            if not low - room <= price <= high + room:
                problems.append(f"{number}: price of {problem.names[row]} {price}, outside {low} to {high}")


def check_conflict(problem, plan, tally, problems, number):
    rules = ("model_families", "licence_budget")
    members = [(c["capId"], "all" if c["capId"] in rules else c["scope"]) for c in plan["conflict"]]
    tally[f"conflict: {len(members)} members"] += 1
    can_write = lambda kept: (problem.most_tokens(set(kept)) or 0) >= 1 - 1e-3
    if can_write(members):
        problems.append(f"{number}: {members} can hold together")
    for member in members:
        tally["conflict: members left out"] += 1
        if not can_write([m for m in members if m != member]):
            problems.append(f"{number}: {member} is not needed in {members}")


def check(entry, tally, problems):
    number, plan = entry["number"], entry["plan"]
    problem = Problem(entry["recipe"], entry["inventory"], tally)
    kind = "with integers" if problem.is_integer() else "linear"
    most = problem.most_tokens()
    is_feasible = most is not None and most >= 1 - 1e-3
    tally[f"{kind}: {'feasible' if is_feasible else 'infeasible'}"] += 1
    if is_feasible != (plan["status"] == "optimal"):
        problems.append(f"{number}: {plan['status']}, CVXPY finds {most} tokens")
        return
    if entry["complaints"]:
        problems.append(f"{number}: certificate: {entry['complaints'][0]}")
    if not is_feasible:
        check_conflict(problem, plan, tally, problems, number)
        return
    stated = {s["name"]: s["objective"] for s in plan["stages"]}
    compared = {"budget": most, **stages(problem, min(most, stated["budget"]))}
    for name, value in compared.items():
        if name not in stated:
            continue
        tally[f"stage {name}"] += 1
        difference = abs(stated[name] - value) / problem.budget
        tally[f"most: {name}"] = max(tally[f"most: {name}"], difference)
        if TOLERANCE < difference <= TOLERANCE + problem.tokens_of_cents() / problem.budget:
            tally["stages apart by cents of rounding"] += 1
        elif difference > TOLERANCE:
            problems.append(f"{number}: stage {name} {stated[name]}, CVXPY {value} ({kind})")
    rounding = most - plan["tokensAllocated"]
    tally["most: tokens lost by rounding"] = max(tally["most: tokens lost by rounding"], rounding)
    if kind == "linear":
        check_prices(problem, plan, tally, problems, number)


def main():
    tally, problems = Counter(), []
    with open(sys.argv[1]) as lines:
        for line in lines:
            check(json.loads(line), tally, problems)
    for name in sorted(tally):
        value = tally[name]
        print(f"{name:36} {value if isinstance(value, int) else f'{value:.2e}'}")
    print(f"{'differences':36} {len(problems)}")
    for problem in problems:
        print("  " + problem)
    sys.exit(1 if problems else 0)


main()
