"""What the users of a season do, stage by stage, through the pages of the services."""
