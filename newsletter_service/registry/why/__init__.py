"""Why a reader got what stood in each edition, or did not: by what they had chosen then."""
