#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// e^x of the platform's mathematics library.
func exponential(_ x: Double) -> Double { exp(x) }
