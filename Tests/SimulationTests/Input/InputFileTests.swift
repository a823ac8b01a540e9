import Diagnostics
import Foundation
import Simulation
import TestSupport
import Testing

@Suite struct InputFileTests {
  private let directory: TemporaryDirectory
  private var folder: String { directory.path }

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  private func message(_ name: String) throws -> String {
    do {
      _ = try SimulationInput.load(path: folder + "/" + name)
      return "no error"
    } catch let failure as Failure {
      return failure.description.replacing(folder, with: "DIR")
    }
  }

  @Test func filesThatTheInputNamesMustBeThere() throws {
    try write("in.toml", SampleInput.minimal)
    #expect(try message("in.toml") == "DIR/in.toml:2:13: the structure file 'li.extxyz' does not exist; "
      + "relative paths are relative to the input file's directory")
    try write("ly.extxyz", "")
    #expect(try message("in.toml")
      == "DIR/in.toml:2:13: the structure file 'li.extxyz' does not exist; did you mean 'ly.extxyz'?")
    try write("li.extxyz", "")
    try FileManager.default.createDirectory(atPath: folder + "/li-s.almtp", withIntermediateDirectories: false)
    #expect(try message("in.toml") == "DIR/in.toml:4:8: the potential file 'li-s.almtp' is a directory")
    try FileManager.default.removeItem(atPath: folder + "/li-s.almtp")
    try write("li-s.almtp", "")
    #expect(try message("in.toml") == "no error")
    try write("in.toml", SampleInput.minimal.replacing("li-s.almtp", with: "../nowhere-at-all/p.mtp"))
    #expect(try message("in.toml") == "DIR/in.toml:4:8: the potential file '../nowhere-at-all/p.mtp' does not exist: "
      + "there is no directory 'DIR/../nowhere-at-all'")
  }

  @Test func theInputItselfMustBeAFile() throws {
    try write("input.toml", SampleInput.minimal)
    #expect(try message("inptu.toml")
      == "the input file 'DIR/inptu.toml' does not exist; did you mean 'DIR/input.toml'?")
    #expect(try message("") == "'DIR/' is a directory; name the TOML file in it")
    try write("huge.toml", String(repeating: "#\n", count: 600_000))
    #expect(try message("huge.toml") == "'DIR/huge.toml' is larger than 1 MiB: it is no input file; name the TOML file")
  }
}
