"""暂停公布成绩: from when to when the public goes on seeing what it saw."""
