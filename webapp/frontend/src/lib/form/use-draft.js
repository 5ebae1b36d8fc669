// Keeps what is typed: in the tab at once, on the server two seconds after the last keystroke. Never throws a value away by itself.
import { useEffect, useRef, useState } from 'react';
import { later, uuid } from '../dom.js';
import { keptInTab } from '../kept.js';
import { postJson } from '../send.js';
import { clockText } from '../time.js';

const MIRROR_PAUSE = 150;
const AUTOSAVE_PAUSE = 2_000;
const RETRY_PAUSE = 15_000;

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

/** What to show first: the mirrored text of an earlier, unfinished visit, else what the server sent. */
export function openMirror(key, saved) {
  const slot = keptInTab(key);
  const old = slot.read();
  const restored = Boolean(old?.data) && !same(old.data, saved);
  return { slot, restored, data: restored ? old.data : saved, key: old?.key ?? uuid() };
}

/**
 * Draft keeping for a form. `kindSeen(kind, body)` is told what the server answered to a draft.
 * Returns { status, touch(data), saveNow(), finish() }.
 */
export function useDraft({ url, mirror, saved, kindSeen }) {
  const [status, setStatus] = useState('');
  const box = useRef(null);
  box.current ??= { data: mirror.data, onServer: saved, open: true };
  const self = box.current;
  self.kindSeen = kindSeen;

  self.mirrorSoon ??= later(() => self.open && mirror.slot.write({ data: self.data, key: mirror.key }), MIRROR_PAUSE);
  self.saveSoon ??= later(() => self.save(false), AUTOSAVE_PAUSE);
  self.retrySoon ??= later(() => self.save(false), RETRY_PAUSE);
  self.save ??= async (asked) => {
    if (!url || !self.open) return;
    self.saveSoon.cancel();
    self.retrySoon.cancel();
    if (!asked && same(self.data, self.onServer)) return;
    const sent = self.data;
    setStatus('Saving draft…');
    const { kind, body } = await postJson(url, { data: sent });
    if (!self.open) return; // completed meanwhile
    if (kind === 'ok') self.onServer = sent;
    if (kind === 'offline' || kind === 'failed') self.retrySoon();
    setStatus(kind === 'ok' ? `Draft saved ${clockText(new Date())}` : 'Draft not saved yet. Your text is kept in this tab.');
    self.kindSeen(kind, body, asked);
  };

  useEffect(() => {
    if (mirror.restored) self.saveSoon();
    const leaving = () => {
      self.mirrorSoon.now();
      if (!url || !self.open || same(self.data, self.onServer)) return;
      postJson(url, { data: self.data }, { keepalive: true });
    };
    const warn = (event) => {
      if (self.open && !same(self.data, self.onServer)) event.preventDefault();
    };
    const online = () => self.save(false);
    addEventListener('pagehide', leaving);
    addEventListener('beforeunload', warn);
    addEventListener('online', online);
    return () => {
      removeEventListener('pagehide', leaving);
      removeEventListener('beforeunload', warn);
      removeEventListener('online', online);
    };
  }, []);

  return {
    status,
    touch(data) {
      self.data = data;
      self.mirrorSoon();
      if (url && !same(data, self.onServer)) self.saveSoon();
    },
    /** Defaults that the schema filled in are not typing: they count as saved. */
    settle(data) {
      self.data = data;
      self.onServer = data;
    },
    mirrorNow: () => mirror.slot.write({ data: self.data, key: mirror.key }),
    saveNow: () => self.save(true),
    pause() {
      self.saveSoon.cancel();
      self.retrySoon.cancel();
    },
    finish() {
      self.open = false;
      self.saveSoon.cancel();
      self.retrySoon.cancel();
      self.mirrorSoon.cancel();
      mirror.slot.clear();
    },
  };
}
