/*
 * An example of a potential as a plugin: a second-moment model whose functions are polynomials.
 *
 *     E = sum_i F(rho_i) + 1/2 sum_i sum_j a_i a_j A u^4,   rho_i = sum_j a_j u^4,   F(rho) = -B sqrt(1 + rho)
 *     u = 1 - (r/R)^2 inside the cutoff R; a is the element's weight
 *
 * It computes all forces on its own atoms and fetches F' of ghosts ("forward", the default), or adds each atom's
 * energy's forces to all its neighbors, also ghosts ("reverse"): two ways to the same numbers.
 *
 *     cc -std=c11 -O3 -shared -fPIC -I path/to/swmd/Sources/CPotential/include example_plugin.c -o libexample.so -lm
 */
#include "swmd_potential.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double R = 5.0, A = 2.0, B = 1.5;
static const char *const known[] = {"Li", "S"};
static const double known_weights[] = {1.0, 1.4};

typedef struct {
  int reverse;
  int32_t kind_count;
  double *weights; /* of each kind */
  double *slopes;  /* F' of each atom */
  int64_t capacity;
} model;

static void *create(const char *settings, char *error, size_t error_size) {
  const char *mode = settings ? settings : "forward";
  if (strcmp(mode, "forward") != 0 && strcmp(mode, "reverse") != 0) {
    snprintf(error, error_size, "settings must be forward or reverse, not %s", mode);
    return NULL;
  }
  model *m = calloc(1, sizeof *m);
  if (!m) {
    snprintf(error, error_size, "out of memory");
    return NULL;
  }
  m->reverse = strcmp(mode, "reverse") == 0;
  return m;
}

static void destroy(void *instance) {
  model *m = instance;
  free(m->weights);
  free(m->slopes);
  free(m);
}

static double cutoff(const void *instance) {
  (void)instance;
  return R;
}

static uint32_t properties(const void *instance) {
  const model *m = instance;
  return SWMD_GIVES_VIRIALS | (m->reverse ? SWMD_ADDS_FORCES_TO_GHOSTS : 0);
}

static int32_t elements(const void *instance, const char *const **symbols) {
  (void)instance;
  *symbols = known;
  return 2;
}

static int32_t bind_elements(
    void *instance, int32_t count, const char *const *symbols, char *error, size_t error_size) {
  model *m = instance;
  double *weights = malloc((size_t)(count > 0 ? count : 1) * sizeof *weights);
  if (!weights) {
    snprintf(error, error_size, "out of memory");
    return 1;
  }
  for (int32_t k = 0; k < count; k++) weights[k] = known_weights[strcmp(symbols[k], known[1]) == 0];
  free(m->weights);
  m->weights = weights;
  m->kind_count = count;
  return 0;
}

/* The vector d from one atom to another and u; 0 beyond the cutoff. */
static double separation(const swmd_atoms *atoms, int64_t i, int64_t j, double d[3]) {
  double r2 = 0;
  for (int x = 0; x < 3; x++) {
    d[x] = atoms->positions[4 * j + x] - atoms->positions[4 * i + x];
    r2 += d[x] * d[x];
  }
  return r2 < R * R ? 1 - r2 / (R * R) : 0;
}

static int32_t evaluate(
    void *instance, const swmd_atoms *atoms, const swmd_neighbors *list, const swmd_halo *halo, swmd_output *output,
    char *error, size_t error_size) {
  model *m = instance;
  if (atoms->total_count > m->capacity) {
    double *slopes = realloc(m->slopes, (size_t)atoms->total_count * sizeof *slopes);
    if (!slopes) {
      snprintf(error, error_size, "out of memory");
      return 1;
    }
    m->slopes = slopes;
    m->capacity = atoms->total_count;
  }
  double d[3];
  for (int64_t i = 0; i < atoms->owned_count; i++) {
    double rho = 0;
    for (int64_t n = list->offsets[i]; n < list->offsets[i + 1]; n++) {
      int64_t j = list->neighbors[n];
      double u = separation(atoms, i, j, d);
      rho += m->weights[atoms->kinds[j]] * u * u * u * u;
    }
    output->energies[i] -= B * sqrt(1 + rho);
    m->slopes[i] = -0.5 * B / sqrt(1 + rho);
  }
  if (!m->reverse) halo->forward(halo->context, m->slopes, 1);
  for (int64_t i = 0; i < atoms->owned_count; i++) {
    double ai = m->weights[atoms->kinds[i]];
    for (int64_t n = list->offsets[i]; n < list->offsets[i + 1]; n++) {
      int64_t j = list->neighbors[n];
      double u = separation(atoms, i, j, d), aj = m->weights[atoms->kinds[j]];
      output->energies[i] += 0.5 * ai * aj * A * u * u * u * u;
      /* 8 u^3/R^2 is -(1/r) d(u^4)/dr. Forward: all forces of the pair on i. Reverse: those of i's energy, on i and
       * j. */
      double pair = ai * aj * A, embedding = m->slopes[i] * aj;
      double f = m->reverse ? 0.5 * pair + embedding : pair + embedding + m->slopes[j] * ai;
      double slope = 8 * u * u * u / (R * R), share = slope * (0.5 * pair + embedding);
      f *= slope;
      for (int x = 0; x < 3; x++) {
        output->forces[4 * i + x] -= f * d[x];
        if (m->reverse) output->forces[4 * j + x] += f * d[x];
        for (int y = 0; y < 3; y++) {
          output->virial[3 * x + y] += (m->reverse ? 1 : 0.5) * f * d[x] * d[y];
          if (output->virials) output->virials[9 * i + 3 * x + y] += share * d[x] * d[y];
        }
      }
    }
  }
  return 0;
}

const swmd_potential_interface *swmd_potential_entry(void) {
  static const swmd_potential_interface interface = {
      SWMD_POTENTIAL_VERSION, sizeof(swmd_potential_interface), "example", create, destroy, cutoff, properties,
      elements, bind_elements, evaluate};
  return &interface;
}
