// OpenBLAS: CBLAS from its header; the LAPACK routines that swmd calls are declared here, since Debian ships no lapacke.h.
#ifndef SWMD_COPENBLAS_SHIM_H
#define SWMD_COPENBLAS_SHIM_H
#include <cblas.h>
// Arrays by columns; lengths of strings are 1 and left out, as OpenBLAS allows.
/// Solves A X = B by LU decomposition; B becomes X.
void dgesv_(const blasint *n, const blasint *nrhs, double *a, const blasint *lda, blasint *ipiv, double *b,
            const blasint *ldb, blasint *info);
/// LU decomposition by partial pivoting, P A = L U, in place.
void dgetrf_(const blasint *m, const blasint *n, double *a, const blasint *lda, blasint *ipiv, blasint *info);
/// The inverse from the factors of dgetrf, in place.
void dgetri_(const blasint *n, double *a, const blasint *lda, const blasint *ipiv, double *work, const blasint *lwork,
             blasint *info);
/// Least squares by QR decomposition; B becomes the solution, A's upper triangle becomes R.
void dgels_(const char *trans, const blasint *m, const blasint *n, const blasint *nrhs, double *a, const blasint *lda,
            double *b, const blasint *ldb, double *work, const blasint *lwork, blasint *info);
/// Cholesky decomposition of a symmetric positive definite matrix, in place; info > 0 where it is not.
void dpotrf_(const char *uplo, const blasint *n, double *a, const blasint *lda, blasint *info);
/// Solves a triangular system; B becomes X.
void dtrtrs_(const char *uplo, const char *trans, const char *diag, const blasint *n, const blasint *nrhs, const double *a,
             const blasint *lda, double *b, const blasint *ldb, blasint *info);
/// Eigenvalues (ascending) and eigenvectors of a symmetric matrix; A's columns become the vectors.
void dsyev_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
            double *work, const blasint *lwork, blasint *info);
#endif
