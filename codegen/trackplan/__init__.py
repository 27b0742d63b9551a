"""A tracking plan as code: checked YAML in, typed and validating Python out."""
