# SPDX-License-Identifier: Apache-2.0
"""The shipped forms, checked on both sides: by the server and by the code that runs in the browser."""
