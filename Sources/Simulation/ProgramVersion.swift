/// swmd's version: `swmd --version`, and the files that name their program.
public let programVersion = "0.1.0"
