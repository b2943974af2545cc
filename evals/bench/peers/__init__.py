"""The assistant beside other libraries: `python -m evals.bench.peers --help`, or `make bench-peers DATA=path`.

One run, the same data and the same embedder for all. The libraries come with the extra `peers`; nothing else of the
project needs them. Each peer is set as its documentation says, or better where that is known; what is set is told with
the figures. Nothing of the assistant is tuned here.
"""
