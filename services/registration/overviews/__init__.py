"""The organiser's overview of an activity: can we start?"""
