"""Pages that anybody may read: home, funders, calls, help and privacy."""
