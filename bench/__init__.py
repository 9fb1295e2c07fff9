"""Speed claims, each as a comparison within one run: ``python -m bench.planning`` and so on."""
