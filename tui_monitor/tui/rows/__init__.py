"""The grammar of the activity log: which rows there are, and what each of them says. Nothing here draws."""
