// Times ML-PACE's evaluators (https://github.com/ICAMS/lammps-user-pace, GPL-3) on a crystal that ace-kernel-benchmark
// wrote: the recursive one, the default of LAMMPS's pair_style pace, and the one of the B basis with and without
// extrapolation grades, the work of pace/extrapolation. Energies, forces and virial of all atoms from lists with a skin of
// 0.5 Å, on one thread.
//
//   mlpace-driver POTENTIAL CRYSTAL RUNS [ACTIVE_SET]
//
// Built against a checkout of it whose library CMake has built, outside this project:
//
//   g++ -O3 -march=native -std=c++17 -DEXTRA_C_PROJECTIONS -DCOMPUTE_B_GRAD -IDIR -IDIR/ML-PACE -IDIR/yaml-cpp/include
//       -IDIR/wigner-cpp/include mlpace_driver.cpp DIR/build/libpace.a DIR/build/libcnpy.a
//       DIR/build/build-yaml-cpp/libyaml-cpp-pace.a -lz -o mlpace-driver
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ace-evaluator/ace_c_basis.h"
#include "ace-evaluator/ace_recursive.h"
#include "ace/ace_b_basis.h"
#include "ace/ace_b_evaluator.h"

namespace {

struct System {
  // Owned atoms first, then their periodic images.
  std::vector<double> positions;
  std::vector<double *> rows;
  std::vector<SPECIES_TYPE> types;
  std::vector<int> owners;
  std::vector<std::vector<int>> neighbors;
  int owned = 0;
  int longest = 0;
  double inside = 0;
};

System readSystem(const char *path, const std::map<std::string, int> &numbers, double cutoff) {
  const double skin = 0.5, reach = cutoff + skin;
  std::ifstream file(path);
  double edge, r[3];
  std::string symbol;
  file >> edge;
  System system;
  while (file >> symbol >> r[0] >> r[1] >> r[2]) {
    system.positions.insert(system.positions.end(), r, r + 3);
    system.types.push_back(numbers.at(symbol));
    system.owners.push_back(system.owned++);
  }
  const int images = int(std::ceil(reach / edge));
  for (int a = -images; a <= images; a++)
    for (int b = -images; b <= images; b++)
      for (int c = -images; c <= images; c++)
        for (int i = 0; i < system.owned && (a || b || c); i++) {
          const double shift[3] = {a * edge, b * edge, c * edge};
          bool isNear = true;
          for (int k = 0; k < 3; k++) {
            r[k] = system.positions[3 * i + k] + shift[k];
            isNear = isNear && r[k] > -reach - 1 && r[k] < edge + reach + 1;
          }
          if (!isNear) continue;
          system.positions.insert(system.positions.end(), r, r + 3);
          system.types.push_back(system.types[i]);
          system.owners.push_back(i);
        }
  const int count = int(system.types.size());
  for (int i = 0; i < count; i++) system.rows.push_back(&system.positions[3 * i]);
  system.neighbors.resize(system.owned);
  for (int i = 0; i < system.owned; i++) {
    for (int j = 0; j < count; j++) {
      double square = 0;
      for (int k = 0; k < 3; k++) square += std::pow(system.rows[j][k] - system.rows[i][k], 2);
      if (j == i || square >= reach * reach) continue;
      system.neighbors[i].push_back(j);
      system.inside += square < cutoff * cutoff;
    }
    system.longest = std::max(system.longest, int(system.neighbors[i].size()));
  }
  return system;
}

double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

void report(const char *name, ACEEvaluator &evaluator, System &system, int runs, bool hasGrades) {
  evaluator.resize_neighbours_cache(system.longest);
  std::vector<double> times, forces(3 * system.types.size());
  double energy = 0, virial[9], grade = 0;
  for (int run = 0; run < runs; run++) {
    const double start = threadSeconds();
    energy = grade = 0;
    std::fill(forces.begin(), forces.end(), 0.0);
    std::fill(virial, virial + 9, 0.0);
    for (int i = 0; i < system.owned; i++) {
      const std::vector<int> &list = system.neighbors[i];
      evaluator.compute_atom(i, system.rows.data(), system.types.data(), int(list.size()), list.data());
      energy += evaluator.e_atom;
      if (hasGrades) grade = std::max(grade, evaluator.max_gamma_grade);
      for (size_t n = 0; n < list.size(); n++)
        for (int k = 0; k < 3; k++) {
          const double f = evaluator.neighbours_forces(n, k);
          forces[3 * i + k] += f;
          forces[3 * list[n] + k] -= f;
          for (int l = 0; l < 3; l++) virial[3 * k + l] += (system.rows[i][l] - system.rows[list[n]][l]) * f;
        }
    }
    times.push_back(1e6 * (threadSeconds() - start) / system.owned);
  }
  std::sort(times.begin(), times.end());
  std::printf("%s: least %.3f, median %.3f us an atom; energy %.12g eV; trace of the virial %.9g eV", name, times[0],
              times[times.size() / 2], energy, virial[0] + virial[4] + virial[8]);
  if (hasGrades) std::printf("; largest grade %.9g", grade);
  std::printf("\n");
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: mlpace-driver POTENTIAL CRYSTAL RUNS [ACTIVE_SET]\n");
    return 2;
  }
  const std::string path = arguments[1];
  const int runs = std::stoi(arguments[3]);
  std::unique_ptr<ACEBBasisSet> invariants;
  if (path.size() > 5 && path.substr(path.size() - 5) == ".yaml") invariants = std::make_unique<ACEBBasisSet>(path);
  ACECTildeBasisSet basis = invariants ? invariants->to_ACECTildeBasisSet() : ACECTildeBasisSet(path);
  std::map<std::string, int> numbers;
  for (int n = 0; n < basis.nelements; n++) numbers[basis.elements_name[n]] = n;
  System system = readSystem(arguments[2], numbers, basis.cutoffmax);
  std::printf("%d atoms, %.1f neighbors an atom\n", system.owned, system.inside / system.owned);
  ACERecursiveEvaluator recursive(basis);
  recursive.element_type_mapping.init(basis.nelements);
  for (int n = 0; n < basis.nelements; n++) recursive.element_type_mapping(n) = n;
  report("recursive", recursive, system, runs, false);
  if (count < 5 || !invariants) return 0;
  ACEBEvaluator graded(*invariants);
  graded.element_type_mapping.init(basis.nelements);
  for (int n = 0; n < basis.nelements; n++) graded.element_type_mapping(n) = n;
  graded.load_active_set(arguments[4]);
  graded.compute_projections = false;
  report("B basis", graded, system, runs, false);
  graded.compute_projections = true;
  report("B basis with grades", graded, system, runs, true);
}
