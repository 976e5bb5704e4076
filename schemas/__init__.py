"""What every record and every ledger must be: layouts, Pandera schemas, reading, reject reasons."""
