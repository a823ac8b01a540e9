import Atomistics
import Diagnostics
import Foundation
import Numerics
import PotentialKit
import TestSupport
import Testing

/// The C interface: the header is plain C11, and a library built against it behaves like any other potential.
@Suite struct PluginTests {
  /// The folder of swmd_potential.h.
  static let include = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/CPotential/include").standardizedFileURL

  /// A folder in which libraries are made.
  struct Workshop {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Compiles C source into a library; returns its path.
    func library(_ source: String, _ name: String) throws -> String {
      let file = folder.file("\(name).c"), library = folder.file("lib\(name).so")
      try source.write(toFile: file, atomically: true, encoding: .utf8)
      try compile(["-O2", "-shared", "-fPIC", file, "-o", library, "-lm"])
      return library
    }
  }

  static func compile(_ arguments: [String], expecting status: Int32 = 0) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["cc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I", include.path] + arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == status)
  }

  static func example() throws -> String {
    try String(contentsOf: LAMMPSReferenceTests.dataURL("example_plugin.c"), encoding: .utf8)
  }

  @Test func headerIsPlainC() throws {
    try Self.compile(["-fsyntax-only", "-x", "c", Self.include.appendingPathComponent("swmd_potential.h").path])
  }

  @Test(arguments: [nil, "forward", "reverse"])
  func exampleConforms(_ settings: String?) throws {
    let workshop = try Workshop(), path = try workshop.library(Self.example(), "example")
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.6)
    let findings = try checkConformance(on: samples) { try PluginPotential(library: path, settings: settings) }
    #expect(findings.isEmpty, "\(findings)")
  }

  /// A library of version 1 knows nothing of per-atom virials, whatever its bits say; all else is as ever.
  @Test func firstVersionStillWorks() throws {
    let first = try Self.example().replacingOccurrences(of: "      SWMD_POTENTIAL_VERSION, sizeof", with: "      1, sizeof")
    let workshop = try Workshop(), path = try workshop.library(first, "first")
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.6)
    let potential = try PluginPotential(library: path)
    #expect(!potential.givesVirials)
    let findings = try checkConformance(on: [samples[0]]) { try PluginPotential(library: path) }
    #expect(findings.isEmpty, "\(findings)")
  }

  /// A plugin that forgets part of the interface's contract is caught like any other potential.
  @Test func overwritingPluginIsSeen() throws {
    let broken = try Self.example().replacingOccurrences(
      of: "output->energies[i] -= B * sqrt(1 + rho)", with: "output->energies[i] = -B * sqrt(1 + rho)")
    let workshop = try Workshop(), path = try workshop.library(broken, "overwriting")
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.6)
    let checks = try checkConformance(on: samples) { try PluginPotential(library: path) }.map(\.check)
    #expect(checks.contains(.accumulation))
  }

  @Test func propertiesAndElements() throws {
    let workshop = try Workshop(), path = try workshop.library(Self.example(), "example")
    let potential = try PluginPotential(library: path, settings: "reverse")
    #expect(potential.addsForcesToGhosts && !potential.hasActiveSet && potential.givesVirials && potential.cutoff == 5)
    #expect(potential.summary.family == "example" && potential.summary.elements.map(\.symbol) == ["Li", "S"])
    let failure = #expect(throws: Failure.self) { try potential.bind(elements: [try element("Na")]) }
    #expect(failure?.message.contains("Na") == true && failure?.place?.file == path)
  }

  @Test func refusalsSayWhy() throws {
    let workshop = try Workshop()
    func message(_ path: String, _ settings: String? = nil) -> String {
      let failure = #expect(throws: Failure.self) { try PluginPotential(library: path, settings: settings) }
      #expect(failure?.kind == .input && failure?.place?.file == path)
      return failure?.message ?? ""
    }
    #expect(message("no-such-library.so").contains("cannot be loaded"))
    #expect(message(try workshop.library("int nothing;\n", "nothing")).contains("swmd_potential_entry"))
    let example = try Self.example()
    #expect(message(try workshop.library(example, "example"), "sideways").contains("forward or reverse, not sideways"))
    let old = example.replacingOccurrences(of: "      SWMD_POTENTIAL_VERSION, sizeof", with: "      99, sizeof")
    #expect(message(try workshop.library(old, "old")).contains("version 99"))
    let hollow = example.replacingOccurrences(of: "\"example\", create", with: "NULL, create")
    #expect(message(try workshop.library(hollow, "hollow")).contains("lacks"))
    let boundless = example.replacingOccurrences(of: "return R;", with: "return 0.0 * R;")
    #expect(message(try workshop.library(boundless, "boundless")).contains("not positive"))
    let alien = example.replacingOccurrences(of: "{\"Li\", \"S\"}", with: "{\"Li\", \"Sulphur\"}")
    #expect(message(try workshop.library(alien, "alien")).contains("Sulphur"))
  }

  @Test func failureDuringEvaluationIsThrown() throws {
    let failing = try Self.example().replacingOccurrences(
      of: "  double d[3];\n  for (int64_t i",
      with: "  snprintf(error, error_size, \"%02000d\", 7);\n  return 3;\n  double d[3];\n  for (int64_t i")
    let workshop = try Workshop()
    let potential = try PluginPotential(library: try workshop.library(failing, "failing"))
    let sample = conformanceSamples(elements: [try element("Li")], spacing: 2.6)[0]
    let system = try ReferenceSystem(sample, cutoff: potential.cutoff)
    try potential.bind(elements: system.elements)
    let failure = #expect(throws: Failure.self) { try system.evaluate([potential]) }
    // A text longer than the room for it arrives cut.
    #expect(failure?.kind == .runtime && failure?.message.hasSuffix("000000") == true)
  }
}
