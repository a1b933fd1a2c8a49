"""Appeals 申诉 and rechecks 复核, on a closed list of grounds."""
