"""Retention: old rows are rolled up, and recognised when they are read again; totals never change."""
