"""Pooled selling (pemasaran bersama): sold together, shared by what each has delivered."""
