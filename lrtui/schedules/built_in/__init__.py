"""The schedulers that lrtui brings: a module each, or a family. `registry` finds them in `SCHEDULERS` of every module here."""
