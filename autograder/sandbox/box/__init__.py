"""What runs inside the sandbox: the warm server and the kernels that it forks. Nothing else of the package is there."""
