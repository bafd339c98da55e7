"""A maximum-likelihood bigram model out of count tables, as one writes it in plain Python: fit, then generate.

    python3 bench/ngram-plain.py words.txt

The file holds words with blanks between them. Prints one JSON object: words, CPU seconds of fit and generate.
Needs nothing but the standard library.
"""

import json
import random
import sys
import time
from bisect import bisect_right
from itertools import accumulate


def fit(words):
    """Counts of each follower of each word, and their cumulative counts for drawing."""
    counts = {}
    last = words[-1]
    for word in words:
        row = counts.get(last)
        if row is None:
            counts[last] = {word: 1}
        else:
            row[word] = row.get(word, 0) + 1
        last = word
    return {word: (list(row), list(accumulate(row.values()))) for word, row in counts.items()}


def generate(table, start, count, uniform):
    out = []
    word = start
    for _ in range(count):
        followers, sums = table[word]
        word = followers[bisect_right(sums, uniform() * sums[-1])]
        out.append(word)
    return out


def main():
    words = open(sys.argv[1], encoding="utf-8").read().split()
    best = {"fit": float("inf"), "generate": float("inf")}
    for seed in range(3):
        uniform = random.Random(seed).random
        before = time.process_time()
        table = fit(words)
        fitted = time.process_time()
        text = generate(table, words[0], len(words), uniform)
        done = time.process_time()
        assert len(text) == len(words)
        best["fit"] = min(best["fit"], fitted - before)
        best["generate"] = min(best["generate"], done - fitted)
    print(json.dumps({"words": len(words), **best}))


main()
