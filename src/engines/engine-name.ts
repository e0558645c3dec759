export type EngineName = 'postgres' | 'sqlite' | 'd1';
