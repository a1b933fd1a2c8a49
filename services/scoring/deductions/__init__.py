"""Deductions (扣分), the panel leader's adjustment (组长调整) and difficulties (难度): what counts beside the marks."""
