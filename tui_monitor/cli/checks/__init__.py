"""The checks of ``doctor``: each area is a function from what is injected to its findings."""
