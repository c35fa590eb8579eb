"""Ray behind the operator's port: clusters of one kind or another, and the Jobs API that all of them share."""
