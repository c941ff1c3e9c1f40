"""What stands on each page of the site: the values that templates are handed, and what they depend on."""
