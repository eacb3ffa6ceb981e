//! TLS as an environment wants it: the system's authorities and its own, and perhaps a client certificate.
//!
//! Installs no process-wide crypto provider: every configuration names ring.

use std::{
    error::Error,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use prodiff_core::action::Transport;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};

/// Why an environment's transport cannot be set up. Found when the run starts, before any request.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A file that the environment names cannot be read.
    #[error("cannot read `{path}`, named by `{key}`")]
    Unreadable {
        /// The environment's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds no usable PEM block of the kind that is needed.
    #[error("`{path}`, named by `{key}`, holds no {what} in PEM")]
    NotPem {
        /// The environment's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What it should hold: `certificate` or `private key`.
        what: &'static str,
    },
    /// A certificate cannot be trusted as an authority, or key and certificate do not go together.
    #[error("`{path}`, named by `{key}`, cannot be used")]
    Unusable {
        /// The environment's key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// The proxy's URL is not one that can be used. Its text is not shown: it may hold a password.
    #[error("`proxy` must be an `http`, `https` or `socks5` URL with a host")]
    Proxy,
}

/// What of an environment's transport concerns TLS, read from its files.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    authorities: Vec<CertificateDer<'static>>,
    client: Option<Arc<CertifiedKey>>,
}

impl Identity {
    /// Reads the files that a transport names, relative to `base`.
    pub(super) fn read(transport: &Transport, base: &Path) -> Result<Self, SetupError> {
        let authorities = match &transport.ca_file {
            Some(file) => authorities(base.join(file))?,
            None => Vec::new(),
        };
        let client = match &transport.client_certificate {
            Some(files) => Some(Arc::new(client(base.join(&files.cert), base.join(&files.key))?)),
            None => None,
        };
        Ok(Self { authorities, client })
    }

    /// The configuration for this identity. Reads the system's store of authorities: tens of milliseconds.
    pub(super) fn config(&self) -> Result<ClientConfig, rustls::Error> {
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(self.authorities.iter().cloned(), provider());
        let verifier: Arc<dyn ServerCertVerifier> = match verifier {
            Ok(verifier) => Arc::new(verifier),
            // This is how the verifier says that the machine has no authorities at all.
            Err(rustls::Error::General(_)) => Arc::new(NoAuthorities(provider())),
            Err(error) => return Err(error),
        };
        config(verifier, self.client.clone())
    }
}

/// A configuration that trusts whom this machine trusts. Reads the system's store of authorities: tens of milliseconds.
pub(in crate::drivers) fn machine() -> Result<ClientConfig, rustls::Error> {
    Identity { authorities: Vec::new(), client: None }.config()
}

/// A configuration that trusts nobody, for clients that speak no TLS: it costs nothing to make.
pub(in crate::drivers) fn no_authorities() -> Result<ClientConfig, rustls::Error> {
    config(Arc::new(NoAuthorities(provider())), None)
}

fn config(verifier: Arc<dyn ServerCertVerifier>, client: Option<Arc<CertifiedKey>>) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match client {
        Some(client) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(client))),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn authorities(path: PathBuf) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let key = "ca_file";
    let authorities = certificates(key, &path)?;
    let mut store = RootCertStore::empty();
    for authority in &authorities {
        if let Err(source) = store.add(authority.clone()) {
            return Err(SetupError::Unusable { key, path, source });
        }
    }
    Ok(authorities)
}

fn client(cert: PathBuf, key: PathBuf) -> Result<CertifiedKey, SetupError> {
    let chain = certificates("client_certificate.cert", &cert)?;
    let key_name = "client_certificate.key";
    let text = read(key_name, &key)?;
    let Ok(private) = PrivateKeyDer::from_pem_slice(&text) else {
        return Err(SetupError::NotPem { key: key_name, path: key, what: "private key" });
    };
    CertifiedKey::from_der(chain, private, &provider()).map_err(|source| SetupError::Unusable { key: key_name, path: key, source })
}

fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let text = read(key, path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(SetupError::NotPem { key, path: path.to_owned(), what: "certificate" }),
    }
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, SetupError> {
    fs::read(path).map_err(|source| SetupError::Unreadable { key, path: path.to_owned(), source })
}

/// Refuses every certificate, because there is nobody to vouch for it.
#[derive(Debug)]
struct NoAuthorities(Arc<CryptoProvider>);

/// Why [`NoAuthorities`] refuses.
#[derive(Debug)]
pub(super) struct MachineTrustsNobody;

impl fmt::Display for MachineTrustsNobody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this machine has no certificate authorities; install them (`ca-certificates`) or name a `ca_file`")
    }
}

impl Error for MachineTrustsNobody {}

impl ServerCertVerifier for NoAuthorities {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Err(CertificateError::Other(OtherError(Arc::new(MachineTrustsNobody))).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
