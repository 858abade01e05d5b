"""Hostile input of every kind, made from a seed: ``make fuzz``.

A target (``targets/``) makes inputs and checks what must hold for any of them. An input is a few named byte strings,
its `Files`. One that fails is made smaller and kept in ``seeds/``, where `test_seeds` tries it again each time.
"""
