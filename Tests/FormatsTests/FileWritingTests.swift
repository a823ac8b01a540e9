import Diagnostics
import Formats
import Foundation
import TestSupport
import Testing

@Suite struct FileWritingTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func replacingLeavesOnlyTheNewFile() throws {
    let path = directory.file("a.txt")
    try AtomicFile.replace(path) { try $0.write("old") }
    let big = [UInt8](repeating: 7, count: 1_000_000)
    try AtomicFile.replace(path) {
      try $0.write("new")
      try $0.write(big)
      try $0.write("end")
    }
    #expect(try bytes(of: path) == Array("new".utf8) + big + Array("end".utf8))
    #expect(directory.names == ["a.txt"])
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let path = directory.file("a.txt")
    try AtomicFile.replace(path) { try $0.write("old") }
    #expect(throws: Failure.self) {
      try AtomicFile.replace(path) { file in
        try file.write("new")
        throw Failure.runtime("stop", at: Place(file: file.path))
      }
    }
    #expect(try bytes(of: path) == Array("old".utf8))
    #expect(directory.names == ["a.txt"])
  }

  @Test func pieceByPieceAndWholeAtTheEnd() throws {
    let path = directory.file("a.txt")
    try AtomicFile.replace(path) { try $0.write("old") }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    do {
      let abandoned = try AtomicFile(replacing: path)
      try abandoned.file.write("half")
      try abandoned.file.flush()
      #expect(directory.names.count == 2)
    }
    #expect(directory.names == ["a.txt"])
    let replacement = try AtomicFile(replacing: path)
    #expect(replacement.file.path == path && replacement.isReplacement)
    try replacement.file.write("new")
    #expect(try bytes(of: path) == Array("old".utf8))
    try replacement.finish()
    #expect(try bytes(of: path) == Array("new".utf8))
    #expect(directory.names == ["a.txt"])
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions == 0o640)
  }

  @Test func onlyFilesAndDirectoriesAreInTheWay() throws {
    let path = directory.file("a.txt")
    try AtomicFile.requireAbsent(path)
    try AtomicFile.replace(path) { try $0.write("old") }
    for taken in [path, directory.path] {
      let failure = #expect(throws: Failure.self) { try AtomicFile.requireAbsent(taken) }
      #expect(failure?.kind == .input && failure?.place?.file == taken)
    }
    for device in ["/dev/null", "/dev/stdout", "/dev/fd/1"] { try AtomicFile.requireAbsent(device) }
  }

  @Test func aLinkStaysALink() throws {
    let path = directory.file("a.txt")
    let link = directory.file("link.txt")
    try AtomicFile.replace(path) { try $0.write("old") }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try AtomicFile.replace(link) { try $0.write("new") }
    #expect(try bytes(of: path) == Array("new".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
  }

  @Test func aDeviceIsWrittenNotReplaced() throws {
    try AtomicFile.replace("/dev/null") { try $0.write("new") }
    let failure = #expect(throws: Failure.self) { try AtomicFile.replace("/dev/full") { try $0.write("new") } }
    #expect(failure?.kind == .runtime)
    #expect(failure?.place?.file == "/dev/full")
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let path = directory.file("missing/a.txt")
    let failure = #expect(throws: Failure.self) { try AtomicFile.replace(path) { _ in } }
    #expect(failure?.kind == .input)
    #expect(failure?.place?.file == path)
  }

  @Test func appendingContinuesAtTheByte() throws {
    let path = directory.file("log.csv")
    let first = try AppendFile(creating: path)
    try first.append(line: "step,energy")
    try first.append(line: "0,1.5")
    try first.flush()
    let offset = first.offset
    #expect(offset == 18)
    try first.append(line: "1,1.25")
    try first.append(text: "2,half a li")
    try first.close()
    #expect(throws: Failure.self) { try AppendFile(creating: path) }
    let second = try AppendFile(continuing: path, at: offset)
    try second.append(line: "1,1.25")
    try second.synchronize()
    #expect(String(decoding: try bytes(of: path), as: UTF8.self) == "step,energy\n0,1.5\n1,1.25\n")
    #expect(throws: Failure.self) { try AppendFile(continuing: path, at: 26) }
    #expect(throws: Failure.self) { try AppendFile(continuing: path, at: -1) }
    #expect(throws: Failure.self) { try AppendFile(continuing: directory.file("missing"), at: 0) }
    #expect(try AppendFile(creating: path, overwriting: true).offset == 0)
  }
}
