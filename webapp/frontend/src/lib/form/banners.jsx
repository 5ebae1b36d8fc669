// The sentences for everything that can go wrong between "Complete" and the next page. Each says that nothing is lost, and what to do.

const KEPT = 'What you typed is kept on this page.';

/** What to tell for an answer of the server, or null when there is nothing to tell. */
export function bannerFor(kind, body) {
  const said = body?.message;
  const banners = {
    conflict: { tone: 'warning', title: said ?? 'Somebody else was faster: this has changed meanwhile.', text: KEPT, link: body?.location },
    signedOut: {
      tone: 'warning',
      title: said ?? 'You are signed out, or may no longer do this.',
      text: `${KEPT} Sign in in another tab, then send again.`,
      link: '/',
      linkText: 'Sign in in another tab',
      newTab: true,
    },
    offline: { tone: 'warning', title: 'There is no connection to the server.', text: `${KEPT} Send again when you are back online.` },
    failed: { tone: 'danger', title: said ?? 'The server could not take this.', text: `${KEPT} Try again in a moment; if it happens again, tell your administrator.` },
  };
  return banners[kind] ?? null;
}

export function Banner({ tone, title, text, link, linkText = 'Show what it is now', newTab = false }) {
  return (
    <div className={`notice notice-${tone}`} role="alert">
      <p className="notice-title">{title}</p>
      <p>
        {text} {link && <a href={link} target={newTab ? '_blank' : undefined} rel={newTab ? 'noopener' : undefined}>{linkText}</a>}
      </p>
    </div>
  );
}

export function RestoredNotice({ onDiscard, onKeep }) {
  return (
    <div className="notice notice-info" role="status">
      <p className="notice-title">Restored what you typed</p>
      <p>It had not been sent when this page was closed or reloaded.</p>
      <div className="notice-actions">
        <button type="button" className="btn btn-sm" onClick={onKeep}>Keep it</button>
        <button type="button" className="btn btn-sm" onClick={onDiscard}>Throw it away, show the saved version</button>
      </div>
    </div>
  );
}
