import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuditLog, type AuditEntry } from './audit-log.js';

describe('the audit log', () => {
  let lines: AuditEntry[];

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((_message: unknown, line: unknown) => {
      lines.push(line as AuditEntry);
    });
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const auditLog = () => new AuditLog({ level: 'log', format: 'json', name: 'test' });
  const refusal = (address: string) => ({ action: 'handshake', refused: 'forbidden', address });

  it('has every action that was done', () => {
    const audit = auditLog();
    for (let i = 0; i < 200; i++) audit.record({ action: 'placeOrder', address: 'a' });
    expect(lines).toHaveLength(200);
  });

  it('has 5 refusals of an address in a second, then the number of the others', () => {
    const audit = auditLog();
    for (let i = 0; i < 100; i++) audit.record(refusal('a'));
    audit.record(refusal('b'));
    expect(lines.map(({ address }) => address)).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
    jest.advanceTimersByTime(1_000);
    expect(lines.at(-1)).toEqual({ action: 'refusals', leftOut: 95 });
  });

  it('has 50 refusals of all addresses in a second, then the number of the others', () => {
    const audit = auditLog();
    for (let i = 0; i < 1_000; i++) audit.record(refusal(`address-${i}`));
    expect(lines).toHaveLength(50);
    jest.advanceTimersByTime(1_000);
    expect(lines.at(-1)).toEqual({ action: 'refusals', leftOut: 950 });
  });

  it('has refusals again in the next second, and no number if none was left out', () => {
    const audit = auditLog();
    audit.record(refusal('a'));
    jest.advanceTimersByTime(1_000);
    for (let i = 0; i < 5; i++) audit.record(refusal('a'));
    jest.advanceTimersByTime(5_000);
    expect(lines).toHaveLength(6);
  });

  it('counts every refusal by its kind, also those that it leaves out', () => {
    const audit = auditLog();
    for (let i = 0; i < 100; i++) audit.record(refusal('a'));
    audit.record({ action: 'request', refused: 'forbidden' });
    expect(audit.refusalCounts()).toEqual([
      { action: 'handshake', refused: 'forbidden', count: 100 },
      { action: 'request', refused: 'forbidden', count: 1 },
    ]);
  });
});
