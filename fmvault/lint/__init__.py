"""The linter: rules, their pages, suppressions and reports."""
