import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { OrdersClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard, type BoardPage } from './board-page.js';

const secret = randomBytes(32).toString('hex');

let cluster: TestCluster;
let token: string;
let staff: OrdersClient;
let board: BoardPage;
/** What the browser has asked. */
let questions: string[];
let answer: 'accept' | 'dismiss';

beforeAll(async () => {
  cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  token = await mintToken({ secret, role: 'staff', sub: 'ben', expiresIn: 600 });
  staff = new OrdersClient(cluster.url, token);
  await staff.place({ orderId: 'GL-1', title: 'Poetry' });
});

beforeEach(async () => {
  await staff.change('GL-1', { status: 'In Production' });
  board = await openBoard(cluster.url, { path: `/#token=${token}` });
  await board.card('GL-1').waitFor();
  questions = [];
  answer = 'accept';
  board.page.on('dialog', (question) => {
    questions.push(question.type() === 'beforeunload' ? 'leave' : question.message());
    void question[answer]();
  });
});

async function move(): Promise<void> {
  await board.card('GL-1').focus();
  await board.page.keyboard.press('4');
}

async function moveUnsaved(): Promise<void> {
  await board.page.route(`${cluster.url}/orders/GL-1`, (route) => route.abort());
  await move();
  await board.page.locator('[data-order].is-pending').waitFor();
}

async function moveSaved(): Promise<void> {
  await move();
  await waitFor(async () => (await staff.get('GL-1')).body.status === 'Packaging', 'the move');
  await waitFor(async () => (await board.page.locator('[data-order].is-pending').count()) === 0, 'the answer');
}

const leave = () => board.page.reload({ waitUntil: 'commit' }).catch(() => undefined);
const signOut = () => board.page.getByRole('button', { name: 'Sign out' }).click();
const entrance = () => board.page.getByLabel('Token');

describe('a person who leaves the page', () => {
  it('is asked if a move is not saved', async () => {
    await moveUnsaved();
    await leave();
    expect(questions).toEqual(['leave']);
  });

  it('is not asked if everything is saved', async () => {
    await moveSaved();
    await leave();
    expect(questions).toEqual([]);
  });
});

describe('a person who signs out', () => {
  it('is asked if a move is not saved, and may stay', async () => {
    await moveUnsaved();
    answer = 'dismiss';
    await signOut();
    expect(questions).toEqual([expect.stringContaining('not saved yet')]);
    expect(await board.card('GL-1').count()).toBe(1);
    answer = 'accept';
    await signOut();
    await entrance().waitFor();
  });

  it('is not asked if everything is saved', async () => {
    await moveSaved();
    await signOut();
    await entrance().waitFor();
    expect(questions).toEqual([]);
  });
});

describe('a dialog that is closed with Esc', () => {
  const dialog = () => board.page.getByRole('dialog').getByLabel('Title');

  beforeEach(async () => {
    await board.page.keyboard.press('n');
    await dialog().waitFor();
  });

  it('asks if something was typed, and keeps it if told so', async () => {
    await dialog().fill('Annual report');
    answer = 'dismiss';
    await board.page.keyboard.press('Escape');
    await waitFor(() => questions.length > 0, 'the question');
    expect(await dialog().inputValue()).toBe('Annual report');
    answer = 'accept';
    await board.page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(questions).toHaveLength(2);
  });

  it('does not ask if nothing was typed', async () => {
    await board.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(questions).toEqual([]);
  });
});
