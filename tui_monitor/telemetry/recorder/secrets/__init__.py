"""Recognition of secrets in text: what issuers' keys look like, and which names and places hold secrets.

`issued_keys` and `places` are tables, one row per kind; `names` and `values` judge assignments; `scanner` finds all of
them in one pass.
"""
