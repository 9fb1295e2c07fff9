"""What happens when.

Every automatic reaction in Warmbench is a function here: read this file from top to bottom
and you know the product. Reactions are jobs. They may run late or twice, so each one asks
for a state of the world ("there is an open follow-up"), never for a change to it.
"""
