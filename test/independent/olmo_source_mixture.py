"""Gives requests for a mix to OLMo-core's own source_mixture and prints what it answers, as JSON.

    python test/independent/olmo_source_mixture.py < requests.json     # from bench/olmo-midtraining.mjs

Needs: pip install ai2-olmo-core (with torch). Its reader counts tokens by the size of .npy files, so the files here
are empty ones of that size (sparse: no disk is used); nothing reads their content. A request is
{name, tokens, sources: [{name, ratio, available}]}.
"""

import json
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
from olmo_core.data.source_mixture import (SourceMixtureConfig, SourceMixtureDatasetConfig,
                                           SourceMixtureList)

# A thousandth of 8,192 tokens and of a batch of 2**22, as the mix is a thousandth of the original.
SEQUENCE_LENGTH = 8
GLOBAL_BATCH_SIZE = 4096
TOKEN_BYTES = 4


def answer(request, folder):
    sources = []
    for source in request["sources"]:
        path = Path(folder) / f"{request['name']}-{source['name']}.npy"
        with path.open("wb") as file:
            file.truncate(source["available"] * TOKEN_BYTES)
        sources.append(SourceMixtureConfig(source_name=source["name"], target_ratio=source["ratio"],
                                           paths=[str(path)]))
    config = SourceMixtureDatasetConfig(
        source_list=SourceMixtureList(sources=sources), requested_tokens=request["tokens"],
        global_batch_size=GLOBAL_BATCH_SIZE, render_tables=False, quiet=True)
    try:
        mixture = config.build(npdtype=np.uint32, sequence_length=SEQUENCE_LENGTH)
    except Exception as error:
        return {"name": request["name"], "error": f"{type(error).__name__}: {error}"}
    reached = {outcome.name: int(sum(path.tokens for path in outcome.path_tokens))
               for outcome in mixture.sources}
    return {"name": request["name"], "reached": reached}


def main():
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        json.dump([answer(request, folder) for request in json.load(sys.stdin)], sys.stdout)


main()
