"""What is measured: ``python -m tests.bench``. Each module with a function ``bench`` is one bench.

All input is invented. A figure stands beside the same work done by bare means in the same run, so that the ratio of the
two tells more of the program than of the machine.
"""
