"""Where bytes are kept: files of this machine, or S3."""

from __future__ import annotations

from registry.settings.environment import DATA_DIR, env
from registry.settings.machine import UPLOAD_DIR

AWS_REGION = env.str("AWS_REGION", "us-east-1")
S3_BUCKET_NAME = env.str("S3_BUCKET_NAME", "")
AWS_ACCESS_KEY_ID = env.str("AWS_ACCESS_KEY_ID", "") or None
AWS_SECRET_ACCESS_KEY = env.str("AWS_SECRET_ACCESS_KEY", "") or None
AWS_ENDPOINT_URL = env.str("AWS_ENDPOINT_URL", "") or None
DOWNLOAD_URL_SECONDS = env.int("DOWNLOAD_URL_SECONDS", 3600)
BLOB_GRACE_SECONDS = env.int("BLOB_GRACE_SECONDS", 24 * 3600)
# a location of nginx that is internal and serves UPLOAD_DIR; empty sends files from here
ACCEL_REDIRECT_PREFIX = env.str("ACCEL_REDIRECT_PREFIX", "")

STORAGES = {
    "artifacts": (
        {
            "BACKEND": "artifacts.storage.s3.S3ArtifactStorage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET_NAME,
                "region_name": AWS_REGION,
                "access_key": AWS_ACCESS_KEY_ID,
                "secret_key": AWS_SECRET_ACCESS_KEY,
                "endpoint_url": AWS_ENDPOINT_URL,
                "addressing_style": "path" if AWS_ENDPOINT_URL else "auto",
                "signature_version": "s3v4",
                "default_acl": None,
                "file_overwrite": False,
                "querystring_expire": DOWNLOAD_URL_SECONDS,
            },
        }
        if S3_BUCKET_NAME
        else {
            "BACKEND": "artifacts.storage.file_store.FileArtifactStorage",
            "OPTIONS": {
                "location": UPLOAD_DIR,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    ),
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
