"""Where things are inside the sandbox, how long a message of its server may be, and what levels there are."""

ROOT = "/sandbox"
#: This package, read-only, under a name of its own: `autograder` is not to be seen in there.
PACKAGE = "autograder_sandbox"
CODE = f"/sandbox/{PACKAGE}"
#: The lab's files for students, read-only. Each kernel gets a copy in its scratch folder.
LAB = "/sandbox/lab"
#: The directories that kernels share with the grader; a kernel sees only its own, as KERNEL.
KERNELS = "/sandbox/kernels"
KERNEL = "/sandbox/kernel"
#: A kernel's working directory and home, of its own and limited in size.
SCRATCH = "/sandbox/scratch"

#: torch's optimizers import its compiler when they are first used, which takes a second.
COMPILER = "torch._dynamo"

#: Packages that the server imports once for all its kernels, where the lab needs them: those that start no threads.
SHARED = ("numpy", "matplotlib", "pandas", "scipy", "sympy", "networkx", "PIL", "torch", COMPILER)

#: Bytes of a message between the grader and the server.
MESSAGE_LIMIT = 1 << 16

#: What shuts a kernel in: namespaces and a view of its own; Landlock and filters; nothing but limits.
FULL, REDUCED, NONE = LEVELS = ("full", "reduced", "none")
