"""Benchmarks: ``python -m tests.bench``. Each module with a function ``bench`` is one of them.

All input is made up. Each figure is compared with the same work done by bare means in the same run: the ratio of the
two says more about the program than about the machine.
"""
