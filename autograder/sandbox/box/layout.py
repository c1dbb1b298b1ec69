"""Where things are inside the sandbox, and how long a message of its server may be."""

ROOT = "/sandbox"
#: This package, read-only.
CODE = "/sandbox/autograder_sandbox"
#: The lab's files for students, read-only. Each kernel gets a copy in its scratch folder.
LAB = "/sandbox/lab"
#: The directories that kernels share with the grader; a kernel sees only its own, as KERNEL.
KERNELS = "/sandbox/kernels"
KERNEL = "/sandbox/kernel"
#: A kernel's working directory and home, of its own and limited in size.
SCRATCH = "/sandbox/scratch"

#: Bytes of a message between the grader and the server.
MESSAGE_LIMIT = 1 << 16
