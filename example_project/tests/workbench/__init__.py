"""What people do beside the images, with requirements/workbench.txt installed."""
