import Communication
import Decomposition
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Run under mpirun on any number of ranks; exits with 1 if a check fails on any of them.
let world = Communicator.world
var failures = 0

@MainActor
func check(_ name: String, _ body: () throws -> Void) {
  do { try body() } catch {
    failures += 1
    if world.isRoot { print("FAILED \(name): \(error)") }
  }
}

check("slab") { try checkSlab(world) }
check("larger system") { try checkLargerSystem(world) }
check("cuts") { try checkCutsDependOnPositionsAlone(world) }
check("restart on other ranks") { try checkRestartOnOtherRanks(world) }
check("changing cell") { try checkChangingCell(world) }
check("cuts of a changing cell") { try checkCutsFollowTheShape(world) }
check("collapsed cell") { try checkCollapseIsShared(world) }
check("minimizers") { try checkMinimizers(world) }
check("failures") { try checkFailuresAreShared(world) }
check("flux analyses") { try checkFluxAnalyses(world) }
// Random systems, by seed: all of them, or the range given on the command line.
let seeds = CommandLine.arguments.dropFirst().compactMap { Int($0) }
for seed in (seeds.first ?? 1)...(seeds.last ?? 150) { check("fuzz") { try fuzz(seed, world) } }
if world.isRoot {
  print(failures == 0 ? "all parallel checks passed on \(world.size) ranks" : "\(failures) checks failed")
}
Communicator.finalize()
exit(failures == 0 ? 0 : 1)
