"""How many prizes the season's file foresees; awards gives them."""
