"""The n-gram models of other packages on the words of bench/ngram-loop.mjs: CPU seconds, and a second opinion.

    python test/independent/ngram_rates.py nltk words.txt
    python test/independent/ngram_rates.py kenlm model.arpa heldout.txt

`nltk`: fits Kneser-Ney trigrams (KneserNeyInterpolated) to the words of a file, and fits and writes maximum-likelihood
bigrams (MLE). Text is not written with its Kneser-Ney trigrams: each word scores the whole vocabulary, and twenty
words took more than nine minutes. `kenlm`: reads the ARPA file that the bench wrote from Ballast's
own counts and scores held-out documents, one a line, each from an empty context; the perplexity must be
Ballast's, for the package shares no code with it. Prints one JSON object.

Needs: pip install nltk kenlm (kenlm compiles C++)
"""

import json
import sys
import time

NLTK_DRAWS = 2000


def rates_nltk(path):
    from nltk.lm import MLE, KneserNeyInterpolated
    from nltk.util import everygrams

    words = open(path, encoding="utf-8").read().split()
    before = time.process_time()
    smoothed = KneserNeyInterpolated(3, discount=0.75)
    smoothed.fit([everygrams(words, max_len=3)], vocabulary_text=words)
    smoothed_done = time.process_time()
    model = MLE(2)
    model.fit([everygrams(words, max_len=2)], vocabulary_text=words)
    fitted = time.process_time()
    written = model.generate(NLTK_DRAWS, random_seed=1)
    done = time.process_time()
    assert len(written) == NLTK_DRAWS
    return {
        "words": len(words),
        "fitKneserNey": smoothed_done - before,
        "fit": fitted - smoothed_done,
        "drawn": NLTK_DRAWS,
        "generate": done - fitted,
    }


def rates_kenlm(model_path, text_path):
    import kenlm

    model = kenlm.Model(model_path)
    lines = open(text_path, encoding="utf-8").read().splitlines()
    count = sum(len(line.split()) for line in lines)
    before = time.process_time()
    total = sum(model.score(line, bos=False, eos=False) for line in lines)
    done = time.process_time()
    return {"words": count, "score": done - before, "perplexity": 10 ** (-total / count)}


if sys.argv[1] == "nltk":
    print(json.dumps(rates_nltk(sys.argv[2])))
else:
    print(json.dumps(rates_kenlm(sys.argv[2], sys.argv[3])))
