"""Every schema the database ever had, one step each; `stations.store.database` runs them."""
