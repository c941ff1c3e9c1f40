"""Generated vaults, and how long fmvault and its peers take to check them."""
