// The window that a IIIF viewer opened for signing in is not needed any more.

if (window.opener) window.close();
